package io.raftkv.base;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Why something failed, in words for people who do not know Java's classes. Only what proves a
 * defect keeps the name of its class, for those who are to mend it.
 */
public final class Reason {
  private Reason() {}

  /** One line; names the file where the failure does. */
  public static String of(Throwable cause) {
    if (cause instanceof FileSystemException failure) {
      return of(failure);
    }
    var message = cause.getMessage();
    boolean isDefect = cause instanceof RuntimeException || cause instanceof Error;
    return isDefect || message == null ? cause.toString() : firstLine(message);
  }

  private static String of(FileSystemException failure) {
    var file = failure.getFile();
    if (failure instanceof NoSuchFileException) {
      return file + " is not there";
    }
    if (failure instanceof AccessDeniedException) {
      return file + ": permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return file + " is there already, and is no folder";
    }
    return failure instanceof NotDirectoryException
        ? file + " is no folder"
        : firstLine(String.valueOf(failure.getMessage()));
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
