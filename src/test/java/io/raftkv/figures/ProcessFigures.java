package io.raftkv.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells of a process. */
final class ProcessFigures {
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final int TICK_MILLIS = 10;

  private ProcessFigures() {}

  /** The processor time that it has used, in milliseconds. */
  static long cpuMillis(long process) throws IOException {
    var stat = Files.readString(Path.of("/proc/" + process + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_MILLIS;
  }

  /** The memory that it holds, in MiB. */
  static long residentMebibytes(long process) throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/" + process + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    return 0;
  }
}
