package io.raftkv.server;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import io.raftkv.config.Arguments;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerConfig;
import io.raftkv.config.ServerSettings;
import io.raftkv.raft.RaftNode;
import io.vertx.core.Future;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One server as a process of its own. Only this class ends a process, with the status of the {@link
 * Failure} that it prints. A server that a launcher started ends with its launcher; one that was
 * started by hand does not touch its standard input.
 */
public final class ServerMain {
  /** The option of a server whose launcher holds the other end of its standard input. */
  public static final String CHILD = "--child";

  private ServerMain() {}

  /**
   * Runs one server until it is ended.
   *
   * @param args {@code [--id N] [--form] [--config FILE]}
   */
  public static void main(String[] args) {
    try {
      run(Options.parse(List.of(args)));
    } catch (Failure failure) {
      end(failure);
    }
  }

  private static void run(Options options) {
    if (options.child()) {
      runAsChild(new LauncherPipe(System.in));
    } else {
      var file = options.config().orElseGet(ConfigLoader::defaultFile);
      run(ConfigLoader.loadServer(file, options.id(), options.form()));
    }
  }

  /** Runs a server that was started by hand. */
  public static void run(ServerSettings settings) {
    ConfigLoader.unknownOverrides().forEach(System.err::println);
    KvServer.start(settings, new Narrator(settings.self(), System.err)).onFailure(ServerMain::end);
  }

  private static void runAsChild(LauncherPipe pipe) {
    var settings = ConfigLoader.fromJson(pipe.readLine(), "the launcher's word");
    var server = KvServer.start(settings, StatusLines.writer(System.out));
    server.onFailure(ServerMain::end);
    pipe.watch(() -> stop(server), () -> halt(ExitStatus.STOPPED));
  }

  /** The server's end is told by no future of its own event loop, which ends with it. */
  private static void stop(Future<KvServer> server) {
    server.onSuccess(running -> running.stop().onComplete(stopped -> halt(ExitStatus.STOPPED)));
  }

  private static void end(Throwable cause) {
    end(cause instanceof Failure failure ? failure : notStarted(cause));
  }

  private static Failure notStarted(Throwable cause) {
    return new Failure(
        ExitStatus.UNEXPECTED, "the server did not start: " + Reason.of(cause), cause);
  }

  /** Behind a disk that fails there is nothing to close in order, and others wait to go on. */
  static void endAtOnce(Failure failure) {
    if (failure.status() == ExitStatus.DISK_ERROR) {
      end(failure);
    }
  }

  /** Says why, in the last line of all. */
  static void end(Failure failure) {
    System.err.println(failure.getMessage());
    halt(failure.status());
  }

  /** At once: whatever had to be closed in order is closed, and whatever had to last is forced. */
  private static void halt(ExitStatus status) {
    System.err.flush();
    Runtime.getRuntime().halt(status.code());
  }

  private record Options(OptionalInt id, boolean form, Optional<Path> config, boolean child) {
    static Options parse(List<String> words) {
      var arguments = new Arguments("./run.sh server", words);
      var options = new Options(OptionalInt.empty(), false, Optional.empty(), false);
      while (!arguments.isEmpty()) {
        options = options.with(arguments.next(), arguments);
      }
      return options;
    }

    private Options with(String word, Arguments arguments) {
      return switch (word) {
        case "--id" -> new Options(OptionalInt.of(arguments.number(word)), form, config, child);
        case "--form" -> new Options(id, true, config, child);
        case "--config" ->
            new Options(id, form, Optional.of(Path.of(arguments.value(word))), child);
        case CHILD -> new Options(id, form, config, true);
        default -> throw arguments.unknown(word);
      };
    }
  }

  /** Tells people at a terminal. */
  static final class Narrator implements ServerListener {
    private final ServerConfig server;
    private final PrintStream err;
    private int leader = RaftNode.NOBODY;

    Narrator(ServerConfig server, PrintStream err) {
      this.server = server;
      this.err = err;
    }

    @Override
    public void serving() {
      var address = server.hostname() + ":" + server.clientPort();
      err.println("server " + server.id() + " serves clients on " + address);
    }

    /** That nobody leads is said with the reason, if it lasts. */
    @Override
    public void leaderChanged(int newLeader, long term) {
      if (newLeader != leader && newLeader != RaftNode.NOBODY) {
        err.println("server " + newLeader + " leads in term " + term);
      }
      leader = newLeader;
    }

    @Override
    public void waiting(String reason) {
      err.println(reason);
    }

    @Override
    public void failing(Failure failure) {
      endAtOnce(failure);
    }

    @Override
    public void failed(Failure failure) {
      end(failure);
    }
  }
}
