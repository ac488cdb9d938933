package io.raftkv.tools;

import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Kills by command, or the process that listens on the server's client port; starts by command, or
 * leaves it to a launcher that restarts.
 */
final class ProcessControl implements ServerControl {
  private static final int COMMAND_SECONDS_MAX = 30;

  private final TesterOptions options;
  private final List<ServerConfig> servers;
  private Optional<Path> outputFolder = Optional.empty();

  ProcessControl(TesterOptions options, List<ServerConfig> servers) {
    this.options = options;
    this.servers = List.copyOf(servers);
  }

  @Override
  public String whyNotKill() {
    return options.noKill() ? "--no-kill was given" : "";
  }

  @Override
  public String kill(ServerConfig server) {
    return options
        .killCommand()
        .map(command -> runToEnd(fill(command, server)))
        .orElseGet(() -> killProcess(server));
  }

  @Override
  public String start(ServerConfig server) {
    return options
        .startCommand()
        .map(command -> runAlong(fill(command, server), server))
        .orElse("wait for somebody to start it again");
  }

  @Override
  public boolean canStart() {
    return options.startCommand().isPresent();
  }

  private String killProcess(ServerConfig server) {
    long process = processOf(server).orElseThrow(() -> new Trial.Skipped(notFound(server)));
    if (process == ProcessHandle.current().pid()) {
      throw new Trial.Skipped("server " + server.id() + " runs in the process of this tester");
    }
    for (var other : servers) {
      if (other.id() != server.id() && processOf(other).filter(id -> id == process).isPresent()) {
        throw new Trial.Skipped(
            ("servers %d and %d are one process (%d), so that none can be killed alone;"
                    + " start them as processes of their own")
                .formatted(server.id(), other.id(), process));
      }
    }
    ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
    return "kill -9 " + process;
  }

  private static Optional<Long> processOf(ServerConfig server) {
    return ListeningProcess.find(server.hostname(), server.clientPort());
  }

  private static String notFound(ServerConfig server) {
    return ("no process of this user listens on %s:%d; run the tester on that machine as the same"
            + " user, or give --kill-command")
        .formatted(server.hostname(), server.clientPort());
  }

  private static String fill(String command, ServerConfig server) {
    return command
        .replace("{id}", Integer.toString(server.id()))
        .replace("{host}", server.hostname())
        .replace("{port}", Integer.toString(server.clientPort()));
  }

  private static String runToEnd(String command) {
    try {
      var process = shell(command).redirectOutput(Redirect.DISCARD).start();
      if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new Trial.Failed(
            "--kill-command did not end in " + COMMAND_SECONDS_MAX + " s: " + command);
      }
      if (process.exitValue() != 0) {
        throw new Trial.Failed(
            "--kill-command ended with status " + process.exitValue() + ": " + command);
      }
      return command;
    } catch (IOException failure) {
      throw new Trial.Failed("--kill-command cannot be run: " + failure.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Trial.Failed("interrupted");
    }
  }

  /** The command may be the server itself, so nobody waits for its end. */
  private String runAlong(String command, ServerConfig server) {
    try {
      var folder = outputFolder.isPresent() ? outputFolder.get() : newOutputFolder();
      var output = folder.resolve("server-" + server.id() + ".log");
      shell(command).redirectOutput(Redirect.appendTo(output.toFile())).start();
      return command + "  > " + output;
    } catch (IOException failure) {
      throw new Trial.Failed("--start-command cannot be run: " + failure.getMessage());
    }
  }

  private Path newOutputFolder() throws IOException {
    var folder = Files.createTempDirectory("raftkv-tester-");
    outputFolder = Optional.of(folder);
    return folder;
  }

  private static ProcessBuilder shell(String command) {
    return new ProcessBuilder("sh", "-c", command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true);
  }
}
