package io.raftkv.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The pipe by which a server process hangs on its launcher: the settings come out of it, then the
 * word to stop; when it ends, the launcher is gone, however it went.
 */
final class LauncherPipe {
  private static final int LINE_BYTES_MAX = 8 << 20;

  private final InputStream in;
  private boolean open = true;

  LauncherPipe(InputStream in) {
    this.in = in;
  }

  /** The next line without its end; empty if there is none. */
  byte[] readLine() {
    var line = new ByteArrayOutputStream();
    for (int b = read(); b >= 0 && b != '\n'; b = read()) {
      if (line.size() < LINE_BYTES_MAX) {
        line.write(b);
      }
    }
    return line.toByteArray();
  }

  private int read() {
    try {
      int b = in.read();
      open &= b >= 0;
      return b;
    } catch (IOException e) {
      open = false;
      return -1;
    }
  }

  /**
   * Reads on in a thread of its own; calls {@code onStop} for the word, {@code onEnd} at the end.
   */
  void watch(Runnable onStop, Runnable onEnd) {
    var reader = new Thread(() -> readWords(onStop, onEnd), "launcher-pipe");
    reader.setDaemon(true);
    reader.start();
  }

  private void readWords(Runnable onStop, Runnable onEnd) {
    while (open) {
      if (StatusLines.isStop(readLine())) {
        onStop.run();
      }
    }
    onEnd.run();
  }
}
