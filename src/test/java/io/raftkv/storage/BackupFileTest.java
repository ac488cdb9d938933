package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.raft.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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
  void aServerStartsFromItAndBelongsToAClusterOfItsOwn() throws IOException {
    var content = BackupFile.restore(backup(), server());

    assertEquals(INDEX, content.index());
    assertEquals(states.digest(INDEX), content.digest());
    try (var storage = Storage.open(server(), 3, StorageOptions.DEFAULTS, new Recorder())) {
      var state = storage.recovered();
      assertNotEquals(0, state.clusterId());
      assertEquals(
          Configuration.founding(state.clusterId()),
          state.snapshot().orElseThrow().configuration());
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

  /** At whatever operation it is cut off: nothing is begun, or all is there, or nobody starts. */
  @Test
  void aRestoreThatIsCutOffCanBeDoneAgainAndUntilThenNoServerStarts() throws IOException {
    var disk = new CrashDisk();
    var chance = new SplittableRandom(3);
    var images = new ArrayList<CrashDisk>();
    disk.watch(
        operation -> {
          images.addAll(disk.images(chance));
          images.add(disk.afterKill());
        });
    BackupFile.restore(loaded(), CrashDisk.DIRECTORY, disk);

    int halfRestored = 0;
    for (var image : images) {
      var left = image.list(CrashDisk.DIRECTORY);
      if (left.contains(BackupFile.RESTORING)) {
        halfRestored++;
        var failure = assertThrows(StorageFailure.class, () -> digest(image), image.toString());
        assertEquals(ExitStatus.CONFIGURATION, failure.status());
        assertTrue(failure.getMessage().contains("a restore was cut off"), failure.getMessage());
        BackupFile.restore(loaded(), CrashDisk.DIRECTORY, image);
      }
      if (!left.isEmpty()) {
        assertEquals(states.digest(INDEX), digest(image), image.toString());
      }
    }
    assertTrue(halfRestored > 10, halfRestored + " of " + images.size());
    assertEquals(states.digest(INDEX), digest(disk));
  }

  private SnapshotFiles.Loaded loaded() {
    return new SnapshotFiles.Loaded(states.snapshot(INDEX), states.store(INDEX), 0);
  }

  private static long digest(CrashDisk disk) throws IOException {
    disk.watch(operation -> {});
    var options = new StorageOptions(1 << 12, 1 << 20, disk, new StillMachine(4));
    var files = LogFiles.open(CrashDisk.DIRECTORY, 3, options);
    files.closeLog();
    files.unlock();
    return files.recoveredStore().digest();
  }

  @Test
  void whatARestoreThatWasCutOffLeftGivesWay() throws IOException {
    var file = backup();
    assertTrue(BackupFile.isFree(server()));
    Files.createDirectory(server());
    Files.createFile(server().resolve(DataDirectory.LOCK));
    assertTrue(BackupFile.isFree(server()));
    Files.createFile(server().resolve(SnapshotName.TEMPORARY));
    assertFalse(BackupFile.isFree(server()));
    Files.createFile(server().resolve(BackupFile.RESTORING));
    Files.createFile(server().resolve(SnapshotName.of(INDEX + 10)));
    assertTrue(BackupFile.isFree(server()));

    BackupFile.restore(file, server());

    assertEquals(
        List.of(DataDirectory.LOCK, SnapshotName.of(INDEX)), new RealDisk().list(server()));
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
