package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import io.raftkv.config.ClusterConfig;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.LocalHosts;
import io.raftkv.config.ServerConfig;
import io.raftkv.storage.BackupDraft;
import io.raftkv.storage.BackupFile;
import io.raftkv.storage.BadSnapshot;
import io.raftkv.transport.OperatorClient;
import io.raftkv.transport.OperatorRefusal;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code ./run.sh backup}, {@code verify} and {@code restore}: a cluster's state in one file. */
public final class Backup {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PROGRESS_NANOS = 1_000_000_000L;
  private static final long MEBI = 1 << 20;

  private final PrintStream out;

  Backup(PrintStream out) {
    this.out = out;
  }

  /** What one of the commands does with its options. */
  private interface Command {
    void run(Backup backup, BackupOptions options) throws IOException;
  }

  /** Writes a backup of a running cluster; returns the exit status. */
  public static int backup(List<String> args) {
    return run("backup", args, System.out, System.err);
  }

  /** Reads a backup from its first byte to its last; returns the exit status. */
  public static int verify(List<String> args) {
    return run("verify", args, System.out, System.err);
  }

  /** Begins a new cluster with what a backup holds; returns the exit status. */
  public static int restore(List<String> args) {
    return run("restore", args, System.out, System.err);
  }

  static int run(String name, List<String> args, PrintStream console, PrintStream errors) {
    var out = new PrintStream(console, true, StandardCharsets.UTF_8);
    var file = Path.of("");
    try {
      var options = BackupOptions.parse(name, args);
      file = options.file();
      if (options.help()) {
        out.print(BackupOptions.HELP);
      } else {
        command(name).run(new Backup(out), options);
      }
      return ExitStatus.STOPPED.code();
    } catch (Failure failure) {
      errors.println(failure.getMessage());
      return failure.status().code();
    } catch (IOException e) {
      var failure = describe(file, e);
      errors.println(failure.getMessage());
      return failure.status().code();
    }
  }

  private static Command command(String name) {
    return switch (name) {
      case "backup" -> Backup::write;
      case "verify" -> Backup::verify;
      default -> Backup::restore;
    };
  }

  private static Failure describe(Path file, IOException e) {
    if (e instanceof BadSnapshot bad) {
      return new Failure(ExitStatus.DAMAGED, describe(file, bad), bad);
    }
    if (e instanceof NoSuchFileException) {
      return new Failure(ExitStatus.CONFIGURATION, "there is no file " + e.getMessage(), e);
    }
    return diskError(e);
  }

  private static String describe(Path file, BadSnapshot bad) {
    return bad.isForeign()
        ? file + " is no backup of raftkv, or its beginning is damaged: name another file"
        : "damaged data: the backup %s: %s; use another backup".formatted(file, bad.getMessage());
  }

  private static Failure diskError(IOException e) {
    return new Failure(
        ExitStatus.DISK_ERROR, "disk error: " + Reason.of(e) + "; check the disk", e);
  }

  private static ClusterConfig cluster(BackupOptions options) {
    return ConfigLoader.load(options.config().orElseGet(ConfigLoader::defaultFile));
  }

  private void write(BackupOptions options) throws IOException {
    var file = options.file();
    if (Files.exists(file)) {
      throw isThere(file);
    }
    var server = serverToAsk(cluster(options));
    confirm(server);
    try (var draft = BackupDraft.begin(file)) {
      fetch(server, draft);
      out.println("server " + server.id() + " gave " + describe(draft.finish()));
    } catch (FileAlreadyExistsException e) {
      throw isThere(file);
    } catch (NotDirectoryException e) {
      throw new Failure(ExitStatus.CONFIGURATION, "there is no folder " + e.getMessage(), e);
    }
  }

  private static Failure isThere(Path file) {
    return new Failure(
        ExitStatus.CONFIGURATION, file + " is there already; name another file, or move it away");
  }

  /** One that follows, if there is one: the leader has enough to do. */
  private static ServerConfig serverToAsk(ClusterConfig cluster) {
    var answers = new Operator(cluster).status();
    int id =
        answers.reports().stream()
            .filter(report -> report.serving() && !report.leads())
            .findFirst()
            .or(answers::leader)
            .map(ServerReport::server)
            .orElseThrow(
                () ->
                    new Failure(
                        ExitStatus.UNEXPECTED,
                        "no server of this machine serves: "
                            + String.join("; ", answers.reasons())
                            + Operator.REMEDY));
    return cluster.server(id);
  }

  /** Behind an answer to a read, this server has all that was acknowledged before. */
  private static void confirm(ServerConfig server) {
    try (var client = KvClient.connect(server.hostname(), server.clientPort(), PATIENCE)) {
      var answer = client.get("backup");
      if (answer.line().startsWith("ERR_INTERNAL")) {
        throw new Failure(
            ExitStatus.UNEXPECTED,
            "server " + server.id() + " cannot confirm what it holds: there is no majority");
      }
    } catch (IOException e) {
      throw new Failure(
          ExitStatus.UNEXPECTED,
          "server " + server.id() + " does not answer: " + e.getMessage(),
          e);
    }
  }

  /** Whatever fails here but the disk, of which the draft tells, is the connection. */
  void fetch(ServerConfig server, BackupDraft draft) {
    try (var client = OperatorClient.connect(server, TIMEOUT_MILLIS)) {
      client.fetchSnapshot(new Progress(draft));
    } catch (OperatorRefusal refusal) {
      throw new Failure(
          ExitStatus.UNEXPECTED, "server " + server.id() + " refuses: " + refusal.getMessage());
    } catch (IOException e) {
      throw new Failure(
          ExitStatus.UNEXPECTED,
          "server " + server.id() + " did not give all of its state: " + e.getMessage(),
          e);
    }
  }

  /** Writes what comes, and says how much of it there is, once a second. */
  private final class Progress implements OperatorClient.Sink {
    private final BackupDraft draft;
    private long written;
    private long saidAt = System.nanoTime();

    Progress(BackupDraft draft) {
      this.draft = draft;
    }

    @Override
    public void write(ByteBuffer chunk, long total) {
      written += chunk.remaining();
      try {
        draft.write(chunk);
      } catch (IOException e) {
        throw diskError(e);
      }
      if (System.nanoTime() - saidAt >= PROGRESS_NANOS) {
        saidAt = System.nanoTime();
        out.println(written / MEBI + " of " + total / MEBI + " MiB");
      }
    }
  }

  private void verify(BackupOptions options) throws IOException {
    out.println(options.file() + " is " + describe(BackupFile.verify(options.file())));
  }

  private static String describe(BackupFile.Content content) {
    return "the state behind entry %d: %d keys, %d bytes, digest %016x"
        .formatted(content.index(), content.keys(), content.bytes(), content.digest());
  }

  private void restore(BackupOptions options) throws IOException {
    var cluster = cluster(options);
    var first = cluster.servers().get(0);
    refuseElsewhere(first);
    for (var server : cluster.servers()) {
      refuseData(cluster.dataDirectory(server.id()));
    }
    var content = BackupFile.restore(options.file(), cluster.dataDirectory(first.id()));
    out.println("server " + first.id() + " begins with " + describe(content));
    out.println("start all " + cluster.servers().size() + " servers: the others get it from there");
  }

  /** The folder of another machine's server would lie here, and that one would begin empty. */
  private static void refuseElsewhere(ServerConfig first) {
    if (!LocalHosts.isHere(first.hostname())) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "server %d, the first of the file, is on %s, not on this machine: run restore there"
              .formatted(first.id(), first.hostname()));
    }
  }

  private static void refuseData(Path directory) throws IOException {
    if (!BackupFile.isFree(directory)) {
      throw new Failure(
          ExitStatus.CONFIGURATION,
          "%s is not empty: a backup begins a new cluster; move it away first"
              .formatted(directory));
    }
  }
}
