package io.raftkv.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts what a process prints into lines; a line without end is cut too. */
final class OutputLines {
  private static final int LINE_BYTES_MAX = 8_192;

  private final byte[] line = new byte[LINE_BYTES_MAX];
  private final Consumer<String> reader;
  private int length;

  OutputLines(Consumer<String> reader) {
    this.reader = reader;
  }

  /** Reads until the stream ends or fails; empty lines are left out. */
  void readAll(InputStream in) {
    var chunk = new byte[LINE_BYTES_MAX];
    try {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        take(chunk, n);
      }
    } catch (IOException e) {
      reader.accept("its output cannot be read any more: " + e.getMessage());
    }
    endLine();
  }

  private void take(byte[] chunk, int n) {
    for (int i = 0; i < n; i++) {
      if (chunk[i] == '\n' || length == line.length) {
        endLine();
      }
      if (chunk[i] != '\n' && chunk[i] != '\r') {
        line[length++] = chunk[i];
      }
    }
  }

  private void endLine() {
    if (length > 0) {
      reader.accept(new String(line, 0, length, StandardCharsets.UTF_8));
      length = 0;
    }
  }
}
