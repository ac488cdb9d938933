package io.raftkv.storage;

import java.util.regex.Pattern;

/** The names of log files: {@code log-0000000000000001}, and so on without a gap. */
final class SegmentName {
  /** The file that is being made ready to be the next segment. */
  static final String SPARE = "spare";

  private static final Pattern PATTERN = Pattern.compile("log-(\\d{16})");

  private SegmentName() {}

  static String of(long number) {
    return "log-%016d".formatted(number);
  }

  static boolean isSegment(String name) {
    return PATTERN.matcher(name).matches();
  }

  static long number(String name) {
    return Long.parseLong(name.substring("log-".length()));
  }
}
