package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.raftkv.base.ExitStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A disk that fails: nothing is acknowledged that may be lost, and it is said once. */
class FailingDiskTest {
  private static final StorageOptions OPTIONS = new StorageOptions(1 << 14, 1 << 20);

  private final MemoryFiles disk = new MemoryFiles();
  private final Recorder recorder = new Recorder();

  private Storage open(Recorder listener) {
    return Storage.open(MemoryFiles.DIRECTORY, 3, OPTIONS.withDisk(disk), listener);
  }

  private int recoveredEntries() {
    try (var storage = open(new Recorder())) {
      return storage.recovered().entries().size();
    }
  }

  @Test
  void aFailingForceIsSaidOnceAndNothingIsAcknowledgedAfterIt() {
    try (var storage = open(recorder)) {
      storage.write(1, List.of(Recorder.append(1, 1, 10)));
      recorder.awaitWritten(1);
      disk.failForces(new IOException("Input/output error"));

      storage.write(2, List.of(Recorder.append(2, 1, 10)));
      recorder.awaitFailure();
      storage.write(3, List.of(Recorder.append(3, 1, 10)));
    }

    assertEquals(1, recorder.written());
    assertEquals(1, recorder.failures().size());
    assertEquals(ExitStatus.DISK_ERROR, recorder.failures().get(0).status());
  }

  @Test
  void aFullDiskIsWaitedOut() throws InterruptedException {
    try (var storage = open(recorder)) {
      disk.failWrites(Optional.of(new IOException("No space left on device")));
      storage.write(1, List.of(Recorder.append(1, 1, 10)));
      disk.awaitFailedWrite();
      assertEquals(0, recorder.written());

      disk.failWrites(Optional.empty());
      recorder.awaitWritten(1);
    }

    assertEquals(List.of(), recorder.failures());
    assertEquals(1, recoveredEntries());
  }

  @Test
  void aServerThatStopsDoesNotWaitForAFullDisk() throws InterruptedException {
    var storage = open(recorder);
    disk.failWrites(Optional.of(new IOException("Disk quota exceeded")));
    storage.write(1, List.of(Recorder.append(1, 1, 10)));
    disk.awaitFailedWrite();

    storage.close();

    assertEquals(0, recorder.written());
    assertEquals(ExitStatus.DISK_ERROR, recorder.failures().get(0).status());
  }

  @Test
  void aFullDiskIsWaitedOutWhereTheNextFileIsMade() throws InterruptedException {
    try (var storage = open(recorder)) {
      storage.write(1, List.of(Recorder.append(1, 1, 12_000)));
      recorder.awaitWritten(1);
      disk.failWrites(Optional.of(new IOException("No space left on device")));
      storage.write(2, List.of(Recorder.append(2, 1, 12_000)));
      disk.awaitFailedWrite();

      disk.failWrites(Optional.empty());
      recorder.awaitWritten(2);
    }

    assertEquals(2, recoveredEntries());
  }

  @Test
  void aFullDiskIsWaitedOutInEveryLanguage() throws InterruptedException {
    try (var storage = open(recorder)) {
      disk.setFull(true);
      disk.failWrites(Optional.of(new IOException("Kein Speicherplatz mehr verfügbar")));
      storage.write(1, List.of(Recorder.append(1, 1, 10)));
      disk.awaitFailedWrite();
      disk.failWrites(Optional.empty());
      recorder.awaitWritten(1);
    }

    assertEquals(List.of(), recorder.failures());
  }

  @Test
  void anErrorOfTheDiskThreadIsSaid() {
    try (var storage = open(recorder)) {
      disk.failForces(new OutOfMemoryError("no buffer"));
      storage.write(1, List.of(Recorder.append(1, 1, 10)));
      recorder.awaitFailure();
    }

    assertEquals(0, recorder.written());
    assertEquals(ExitStatus.UNEXPECTED, recorder.failures().get(0).status());
  }

  @Test
  void anotherWriteErrorIsNotWaitedOut() {
    try (var storage = open(recorder)) {
      disk.failWrites(Optional.of(new IOException("Read-only file system")));
      storage.write(1, List.of(Recorder.append(1, 1, 10)));
      recorder.awaitFailure();
    }

    assertEquals(ExitStatus.DISK_ERROR, recorder.failures().get(0).status());
  }

  @Test
  void aFailingReadStopsTheStartAndGivesTheFolderBack() {
    try (var storage = open(recorder)) {
      storage.write(1, List.of(Recorder.append(1, 1, 10)));
    }
    disk.failReads(Optional.of(new IOException("Input/output error")));

    var failure = assertThrows(StorageFailure.class, () -> open(new Recorder()));

    assertEquals(ExitStatus.DISK_ERROR, failure.status());
    disk.failReads(Optional.empty());
    assertEquals(1, recoveredEntries());
  }
}
