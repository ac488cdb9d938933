package io.raftkv.tools;

import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Kills by command, or the process that listens on the server's client port; starts by command, or
 * leaves it to a launcher that restarts.
 */
final class ProcessControl implements ServerControl {
  private static final int COMMAND_SECONDS_MAX = 30;

  private final ServerCommands commands;
  private final List<ServerConfig> servers;
  private final Map<Integer, Long> paused = new ConcurrentHashMap<>();
  private Optional<Path> outputFolder = Optional.empty();

  ProcessControl(ServerCommands commands, List<ServerConfig> servers) {
    this.commands = commands;
    this.servers = List.copyOf(servers);
  }

  @Override
  public String whyNotKill() {
    return commands.noKill() ? "--no-kill was given" : "";
  }

  @Override
  public String kill(ServerConfig server) {
    return commands
        .kill()
        .map(command -> run(fill(command, server), "--kill-command"))
        .orElseGet(() -> killProcess(server));
  }

  @Override
  public String start(ServerConfig server) {
    return commands
        .start()
        .map(command -> runAlong(fill(command, server), server))
        .orElse("wait for somebody to start it again");
  }

  @Override
  public boolean canStart() {
    return commands.start().isPresent();
  }

  @Override
  public String pause(ServerConfig server) {
    long process = processAlone(server);
    paused.put(server.id(), process);
    signal("STOP", process);
    return "kill -STOP " + process;
  }

  @Override
  public void resume(ServerConfig server) {
    Optional.ofNullable(paused.remove(server.id())).ifPresent(process -> signal("CONT", process));
  }

  private static void signal(String name, long process) {
    run("kill -" + name + " " + process, "kill -" + name);
  }

  private String killProcess(ServerConfig server) {
    long process = processAlone(server);
    ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
    return "kill -9 " + process;
  }

  /** The process of this server, which is neither ours nor that of another one. */
  private long processAlone(ServerConfig server) {
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
    return process;
  }

  private static Optional<Long> processOf(ServerConfig server) {
    return ListeningProcess.find(server.hostname(), server.clientPort());
  }

  private static String notFound(ServerConfig server) {
    return ("no process of this user listens on %s:%d; run this on that machine as the same"
            + " user, or give --kill-command")
        .formatted(server.hostname(), server.clientPort());
  }

  private static String fill(String command, ServerConfig server) {
    return command
        .replace("{id}", Integer.toString(server.id()))
        .replace("{host}", server.hostname())
        .replace("{port}", Integer.toString(server.clientPort()));
  }

  /** Runs a command to its end; {@code name} is what messages call it. */
  private static String run(String command, String name) {
    try {
      var process = shell(command).redirectOutput(Redirect.DISCARD).start();
      if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new Trial.Failed(name + " did not end in " + COMMAND_SECONDS_MAX + " s: " + command);
      }
      if (process.exitValue() != 0) {
        throw new Trial.Failed(name + " ended with status " + process.exitValue() + ": " + command);
      }
      return command;
    } catch (IOException failure) {
      throw new Trial.Failed(name + " cannot be run: " + failure.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Trial.Failed("interrupted");
    }
  }

  /**
   * The command may be the server itself, so nobody waits for its end, and Ctrl-C in our terminal
   * must not reach it.
   */
  private String runAlong(String command, ServerConfig server) {
    try {
      var folder = outputFolder.isPresent() ? outputFolder.get() : newOutputFolder();
      var output = folder.resolve("server-" + server.id() + ".log");
      shell("trap '' INT; " + command).redirectOutput(Redirect.appendTo(output.toFile())).start();
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
