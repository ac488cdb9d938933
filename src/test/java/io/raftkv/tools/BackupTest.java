package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.config.ServerConfig;
import io.raftkv.storage.BackupDraft;
import io.raftkv.testing.FileCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state of a cluster in a file, and a cluster that begins with it. */
class BackupTest {
  private static final int SERVERS = 3;

  @TempDir Path folder;

  private static String run(int status, String command, Path config, Path file) {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var args = List.of("--config", config.toString(), file.toString());
    int ended = Backup.run(command, args, out, out);
    var text = bytes.toString(StandardCharsets.UTF_8);
    assertEquals(status, ended, text);
    return text;
  }

  private Path backUp(FileCluster cluster) throws IOException {
    var config = cluster.file(SERVERS, "data");
    cluster.startAll(SERVERS, config);
    for (int i = 0; i < 200; i++) {
      cluster.ask(i % SERVERS, "set key%d 0 4\r\nv%03d\r\n".formatted(i, i));
    }
    cluster.ask(0, "set ends 1000 1\r\nx\r\n");
    var file = folder.resolve("backup");
    run(0, "backup", config, file);
    return file;
  }

  @Test
  void aNewClusterHoldsWhatTheOldOneHad() throws IOException {
    try (var cluster = new FileCluster(folder, SERVERS)) {
      var file = backUp(cluster);
      var version = cluster.ask(1, "getm key7\r\n");
      var ending = cluster.ask(1, "getm ends\r\n");
      assertTrue(run(0, "verify", folder, file).contains(": 201 keys, "));
      for (int id = 0; id < SERVERS; id++) {
        cluster.stop(id);
      }

      var config = cluster.file(SERVERS, "restored");
      run(0, "restore", config, file);
      cluster.startAll(SERVERS, config);

      for (int id = 0; id < SERVERS; id++) {
        assertEquals(version, cluster.ask(id, "getm key7\r\n"));
        assertEquals(ending, cluster.ask(id, "getm ends\r\n"));
      }
      long before = Long.parseLong(ending.split(" ", -1)[1]);
      long next = Long.parseLong(cluster.ask(2, "set key7 0 1\r\ny\r\n").split(" ", -1)[1]);
      assertTrue(next > before, "versions go on growing");
      cluster.stop(0);
      assertEquals("VALUE 4 v008", cluster.ask(1, "get key8\r\n"), "not only the first has it");
    }
  }

  @Test
  void aBackupIsForItsOwnerAlone() throws IOException {
    try (var cluster = new FileCluster(folder, SERVERS)) {
      var file = backUp(cluster);

      var permissions = Files.getPosixFilePermissions(file);
      assertEquals("rw-------", PosixFilePermissions.toString(permissions));
    }
  }

  @Test
  void aBackupThatIsThereIsNotOverwritten() throws IOException {
    try (var cluster = new FileCluster(folder, SERVERS)) {
      var file = backUp(cluster);
      var config = cluster.file(SERVERS, "data");

      assertTrue(run(2, "backup", config, file).contains("is there already"));
    }
  }

  @Test
  void aDamagedBackupIsNoticedAndNotRestored() throws IOException {
    try (var cluster = new FileCluster(folder, SERVERS)) {
      var file = backUp(cluster);
      var bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
      var config = cluster.file(SERVERS, "restored");

      for (var command : List.of("verify", "restore")) {
        var said = run(5, command, config, file);
        assertTrue(said.startsWith("damaged data: the backup " + file + ": the block at "), said);
        assertTrue(said.endsWith("; use another backup\n"), said);
        assertEquals(
            config + " is no backup of raftkv, or its beginning is damaged: name another file\n",
            run(5, command, config, config));
      }
      assertFalse(Files.exists(folder.resolve("restored")));
    }
  }

  @Test
  void aBackupIsNotRestoredWhereDataAre() throws IOException {
    try (var cluster = new FileCluster(folder, SERVERS)) {
      var file = backUp(cluster);
      var config = cluster.file(SERVERS, "data");

      assertTrue(run(2, "restore", config, file).contains("is not empty"));
    }
  }

  @Test
  void aRestoreThatWasCutOffIsDoneAgain() throws IOException {
    try (var cluster = new FileCluster(folder, SERVERS)) {
      var file = backUp(cluster);
      var config = cluster.file(SERVERS, "restored");
      var first = Files.createDirectories(folder.resolve("restored").resolve("0"));
      for (var name : List.of("lock", "restoring", "snapshot.tmp")) {
        Files.createFile(first.resolve(name));
      }

      run(0, "restore", config, file);

      assertTrue(run(2, "restore", config, file).contains("is not empty"));
    }
  }

  /** The address is one that is kept for documentation. */
  @Test
  void aBackupIsNotRestoredWhereItsServerIsNot() throws IOException {
    try (var cluster = new FileCluster(folder, SERVERS)) {
      var file = backUp(cluster);
      var config = cluster.file(SERVERS, "restored");
      Files.writeString(config, Files.readString(config).replaceFirst("127.0.0.1", "192.0.2.1"));

      var said = run(2, "restore", config, file);

      assertTrue(said.contains("is on 192.0.2.1, not on this machine: run restore there"), said);
      assertFalse(Files.exists(folder.resolve("restored")));
    }
  }

  @Test
  void aServerThatHangsUpIsNoErrorOfTheDisk() throws IOException {
    var loopback = InetAddress.getLoopbackAddress();
    try (var listening = new ServerSocket(0, 1, loopback);
        var draft = BackupDraft.begin(folder.resolve("backup"))) {
      var server = new ServerConfig(1, "127.0.0.1", 1, listening.getLocalPort());
      listening.setSoTimeout(10_000);
      var hangingUp = new Thread(() -> hangUp(listening));
      hangingUp.start();

      var failure = assertThrows(Failure.class, () -> new Backup(System.out).fetch(server, draft));

      assertEquals(ExitStatus.UNEXPECTED, failure.status());
      assertTrue(failure.getMessage().contains("it hangs up"), failure.getMessage());
    }
  }

  private static void hangUp(ServerSocket listening) {
    try {
      listening.accept().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsNotThereIsSaidInOneLine() throws IOException {
    var cluster = new FileCluster(folder, SERVERS);
    var config = cluster.file(SERVERS, "data");
    var nowhere = folder.resolve("nowhere");

    assertTrue(run(2, "verify", config, nowhere).contains("there is no file"));
    assertTrue(run(2, "restore", config, nowhere).contains("there is no file"));
    assertTrue(run(1, "backup", config, nowhere).contains("no server of this machine serves"));
  }
}
