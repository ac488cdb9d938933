package io.raftkv.launcher;

import io.raftkv.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A program of ours in a process of its own, and the lines that it prints. */
final class RunningProgram implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final LinkedBlockingQueue<String> unread = new LinkedBlockingQueue<>();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private RunningProgram(Process process) throws IOException {
    this.process = process;
    process.getOutputStream().close();
    var reader = new Thread(this::read, "program-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Runs the command line in a folder; its standard input is at its end. */
  static RunningProgram main(Path folder, String... words) throws IOException {
    return start(Main.class, folder, words);
  }

  static RunningProgram start(Class<?> program, Path folder, String... words) throws IOException {
    var classPath = ServerCommand.classPath(Main.class.getClassLoader());
    return start(folder, List.of("-cp", classPath, program.getName()), words);
  }

  /** Runs the packaged jar as users do. */
  static RunningProgram jar(Path jar, Path folder, String... words) throws IOException {
    return start(folder, List.of("-jar", jar.toString()), words);
  }

  private static RunningProgram start(Path folder, List<String> program, String... words)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.addAll(program);
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    return new RunningProgram(builder.redirectErrorStream(true).start());
  }

  private void read() {
    new OutputLines(
            line -> {
              lines.add(line);
              unread.add(line);
            })
        .readAll(process.getInputStream());
  }

  /** Waits for a line that contains these words, and returns it. */
  String awaitLine(String words) throws InterruptedException {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      var line = unread.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError("no line with \"" + words + "\" in " + lines);
      }
      if (line.contains(words)) {
        return line;
      }
    }
  }

  /** Waits for its end. */
  int exitStatus() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("does not end; it said " + lines);
    }
    return process.exitValue();
  }

  /** All that it has said so far. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** The processes that it has started. */
  List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    var children = children();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
