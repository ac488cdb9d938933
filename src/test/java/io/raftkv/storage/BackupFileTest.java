package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.raft.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup becomes what a new server starts from, and nothing else is written over. */
class BackupFileTest {
  private static final int INDEX = 150;

  @TempDir Path folder;

  private final SomeStates states = new SomeStates(200);

  private Path backup() throws IOException {
    var files = new SnapshotFiles(folder, StorageOptions.DEFAULTS);
    files.save(states.snapshot(INDEX), states.store(INDEX).freeze());
    return Files.move(folder.resolve(SnapshotName.of(INDEX)), folder.resolve("backup"));
  }

  private Path server() {
    return folder.resolve("3");
  }

  @Test
  void aServerStartsFromItAndBelongsToNoCluster() throws IOException {
    var content = BackupFile.restore(backup(), server());

    assertEquals(INDEX, content.index());
    assertEquals(states.digest(INDEX), content.digest());
    try (var storage = Storage.open(server(), 3, StorageOptions.DEFAULTS, new Recorder())) {
      var state = storage.recovered();
      assertEquals(0, state.clusterId());
      assertEquals(Configuration.NONE, state.snapshot().orElseThrow().configuration());
      assertEquals(states.digest(INDEX), storage.recoveredStore().digest());
    }
  }

  @Test
  void aFolderThatHoldsAnythingIsLeftAlone() throws IOException {
    var file = backup();
    Files.createDirectory(server());
    Files.writeString(server().resolve("something"), "of value");

    var failure = assertThrows(StorageFailure.class, () -> BackupFile.restore(file, server()));

    assertEquals(ExitStatus.CONFIGURATION, failure.status());
    assertTrue(failure.getMessage().contains("is not empty"), failure.getMessage());
  }

  @Test
  void aFolderThatIsInUseIsLeftAlone() throws IOException {
    var file = backup();
    try (var running = Storage.open(server(), 3, StorageOptions.DEFAULTS, new Recorder())) {
      var failure = assertThrows(StorageFailure.class, () -> BackupFile.restore(file, server()));
      assertEquals(ExitStatus.DATA_LOCKED, failure.status());
      assertTrue(running.incarnation() != 0);
    }
  }

  @Test
  void whatIsNotThereIsSaid() {
    var nowhere = folder.resolve("nowhere");
    assertThrows(NoSuchFileException.class, () -> BackupFile.verify(nowhere));
  }
}
