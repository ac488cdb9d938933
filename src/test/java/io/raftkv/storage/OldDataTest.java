package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldDataTest {
  private final List<String> said = new ArrayList<>();

  @TempDir Path folder;

  @Test
  void theFolderOfTheServerIsDeletedWithAllThatIsInIt() throws IOException {
    var data = ofServer(3);
    Files.createDirectories(data.resolve("more/deep"));
    Files.createFile(data.resolve("more/deep/file"));

    OldData.delete(data, 3, said::add);

    assertFalse(Files.exists(data));
    assertTrue(Files.exists(folder));
    assertEquals(List.of("deletes " + data + ", the data of server 3"), said);
  }

  @Test
  void nothingIsSaidOfAFolderThatIsNotThere() {
    OldData.delete(folder.resolve("3"), 3, said::add);

    assertEquals(List.of(), said);
  }

  @Test
  void aFolderThatIsNotOursIsLeft() throws IOException {
    var data = Files.createDirectory(folder.resolve("3"));
    var file = Files.createFile(data.resolve("photos"));

    OldData.delete(data, 3, said::add);

    assertTrue(Files.exists(file));
    assertEquals(
        List.of("leaves " + data + " as it is: it holds no identity file of a server"), said);
  }

  @Test
  void anotherServersFolderIsLeft() throws IOException {
    var data = ofServer(4);

    OldData.delete(data, 3, said::add);

    assertTrue(Files.exists(data.resolve(DirectoryIdentity.FILE)));
    assertEquals(List.of("leaves " + data + " as it is: it belongs to server 4"), said);
  }

  @Test
  void aFileThatOnlyLooksLikeAnIdentityIsNotTakenForOne() throws IOException {
    var data = Files.createDirectory(folder.resolve("3"));
    Files.writeString(data.resolve(DirectoryIdentity.FILE), "it is me");

    var failure = assertThrows(StorageFailure.class, () -> OldData.delete(data, 3, said::add));

    assertEquals(ExitStatus.DAMAGED, failure.status());
    assertTrue(Files.exists(data.resolve(DirectoryIdentity.FILE)));
  }

  @Test
  void aFolderInUseIsLeft() throws IOException {
    var data = folder.resolve("3");
    try (var used = DataDirectory.open(data, 3, StorageOptions.DEFAULTS)) {
      used.beginLife(0);
      OldData.delete(data, 3, said::add);

      assertTrue(Files.exists(used.path().resolve(DirectoryIdentity.FILE)));
    }
    assertEquals(List.of("leaves " + data + " as it is: it is in use by another process"), said);
  }

  @Test
  void aLinkToTheFolderStays() throws IOException {
    var data = ofServer(3);
    var link = Files.createSymbolicLink(folder.resolve("link"), data);

    OldData.delete(link, 3, said::add);

    assertTrue(Files.isSymbolicLink(link));
    try (var left = Files.list(data)) {
      assertEquals(0, left.count());
    }
  }

  private Path ofServer(int id) throws IOException {
    var data = folder.resolve("data");
    try (var directory = DataDirectory.open(data, id, StorageOptions.DEFAULTS)) {
      directory.beginLife(0);
    }
    return data;
  }
}
