package io.raftkv.base;

import java.util.Map;

/**
 * Why something failed, in words for people who do not know Java's classes. Only what proves a
 * defect keeps the name of its class, for those who are to mend it.
 */
public final class Reason {
  /** What these say is the name of a file alone; by name, since what decides touches no files. */
  private static final Map<String, String> BEHIND_THE_FILE =
      Map.of(
          "NoSuchFileException", " is not there",
          "AccessDeniedException", ": permission denied",
          "FileAlreadyExistsException", " is there already",
          "NotDirectoryException", " is no folder");

  private Reason() {}

  /** One line; names the file where the failure does. */
  public static String of(Throwable cause) {
    var message = cause.getMessage();
    boolean isDefect = cause instanceof RuntimeException || cause instanceof Error;
    if (isDefect || message == null) {
      return cause.toString();
    }
    var line = message.lines().findFirst().orElse("").strip();
    return line + BEHIND_THE_FILE.getOrDefault(cause.getClass().getSimpleName(), "");
  }
}
