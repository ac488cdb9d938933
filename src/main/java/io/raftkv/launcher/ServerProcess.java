package io.raftkv.launcher;

import io.raftkv.base.ExitStatus;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerSettings;
import io.raftkv.server.StatusLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A server in a process of its own, which hangs on this one by its standard input: see {@link
 * StatusLines}.
 */
final class ServerProcess implements ServerHandle {
  private final Process process;
  private final HandleListener listener;

  private ServerProcess(Process process, HandleListener listener) {
    this.process = process;
    this.listener = listener;
  }

  /**
   * Starts the process, which takes a few milliseconds; a failure is told to {@code listener}.
   *
   * @param command what to execute
   */
  static ServerHandle start(List<String> command, ServerSettings settings, HandleListener listener)
      throws IOException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var started = new ServerProcess(process, listener);
    var reader = new Thread(started::readOutput, "output-of-server-" + settings.id());
    reader.setDaemon(true);
    reader.start();
    started.tellSettings(ConfigLoader.toJson(settings));
    return started;
  }

  private void tellSettings(String json) {
    try {
      tell(json);
    } catch (IOException e) {
      listener.said("ended before it heard its settings: " + e.getMessage());
    }
  }

  private void tell(String line) throws IOException {
    var in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  private void readOutput() {
    new OutputLines(this::readLine).readAll(process.getInputStream());
    listener.ended(exitStatus());
  }

  private void readLine(String line) {
    if (!StatusLines.read(line, listener)) {
      listener.said(line);
    }
  }

  private int exitStatus() {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.UNEXPECTED.code();
    }
  }

  @Override
  public void stop() {
    try {
      tell(StatusLines.STOP);
    } catch (IOException e) {
      // It has ended already, and its output says so.
    }
  }

  @Override
  public void kill() {
    process.destroyForcibly();
  }
}
