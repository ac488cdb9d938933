package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup is there, whole and durable, or nothing of it is. */
class BackupDraftTest {
  private static final int INDEX = 150;

  @TempDir Path folder;

  private final SomeStates states = new SomeStates(200);

  private byte[] snapshot() throws IOException {
    var disk = new MemoryFiles();
    new SnapshotFiles(MemoryFiles.DIRECTORY, StorageOptions.DEFAULTS.withDisk(disk))
        .save(states.snapshot(INDEX), states.store(INDEX).freeze());
    return disk.bytes(SnapshotName.of(INDEX));
  }

  private Path file() {
    return folder.resolve("backup");
  }

  private List<String> files() throws IOException {
    return new RealDisk().list(folder);
  }

  @Test
  void aBackupThatIsSaidToBeThereIsThereAfterAPowerCut() throws IOException {
    var disk = new CrashDisk();
    disk.put(CrashDisk.DIRECTORY.toString(), new byte[0]);
    var bytes = snapshot();
    try (var draft = new BackupDraft(CrashDisk.DIRECTORY.resolve("backup"), disk)) {
      draft.write(ByteBuffer.wrap(bytes));

      assertEquals(states.digest(INDEX), draft.finish().digest());

      for (var image : disk.images(new SplittableRandom(1))) {
        assertArrayEquals(bytes, image.bytes("backup"), image.toString());
      }
    }
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    try (var draft = BackupDraft.begin(file())) {
      assertEquals("rw-------", permissions(folder.resolve(files().get(0))));
      draft.write(ByteBuffer.wrap(snapshot()));
      draft.finish();
    }

    assertEquals("rw-------", permissions(file()));
    assertEquals(List.of("backup"), files());
  }

  private static String permissions(Path of) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(of));
  }

  @Test
  void oneThatIsGivenUpLeavesNothing() throws IOException {
    try (var draft = BackupDraft.begin(file())) {
      draft.write(ByteBuffer.wrap(snapshot(), 0, 100));

      assertThrows(BadSnapshot.class, draft::finish);
    }

    assertEquals(List.of(), files());
  }

  @Test
  void twoThatAreWrittenAtOnceDoNotTouchEachOther() throws IOException {
    var bytes = snapshot();
    try (var first = BackupDraft.begin(file());
        var second = BackupDraft.begin(file())) {
      first.write(ByteBuffer.wrap(bytes));
      second.write(ByteBuffer.wrap(bytes, 0, 100));
      first.finish();
      second.write(ByteBuffer.wrap(bytes, 100, bytes.length - 100));

      assertThrows(FileAlreadyExistsException.class, second::finish);
    }

    assertArrayEquals(bytes, Files.readAllBytes(file()));
    assertEquals(List.of("backup"), files());
  }

  @Test
  void aFolderThatIsNotThereIsSaid() {
    var nowhere = folder.resolve("nowhere").resolve("backup");

    assertThrows(NotDirectoryException.class, () -> BackupDraft.begin(nowhere));
  }
}
