package io.raftkv.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class ReasonTest {
  @Test
  void whatAFileSystemRefusesIsSaidWithTheFileAndWithoutAClass() {
    assertEquals("/a is not there", Reason.of(new NoSuchFileException("/a")));
    assertEquals("/a: permission denied", Reason.of(new AccessDeniedException("/a")));
    assertEquals("/a is there already", Reason.of(new FileAlreadyExistsException("/a")));
    assertEquals("/a is no folder", Reason.of(new NotDirectoryException("/a")));
    assertEquals(
        "/a: Not a directory", Reason.of(new FileSystemException("/a", null, "Not a directory")));
  }

  @Test
  void anyOtherReasonIsOneLine() {
    assertEquals("No space left on device", Reason.of(new IOException("No space left on device ")));
    assertEquals("one", Reason.of(new IOException("one\ntwo")));
  }

  @Test
  void whatProvesADefectKeepsItsClass() {
    assertEquals("java.lang.IllegalStateException: x", Reason.of(new IllegalStateException("x")));
    assertEquals("java.io.IOException", Reason.of(new IOException()));
  }
}
