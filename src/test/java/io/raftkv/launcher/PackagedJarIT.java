package io.raftkv.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.testing.TestClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users run is the packaged jar: it may lack what the classes beside it have. */
class PackagedJarIT {
  private static final Path JAR = Path.of("target", "raftkv.jar").toAbsolutePath();

  @TempDir Path folder;

  @Test
  void fiveServersOfThePackagedJarServeAndLookAfterEachOther() throws Exception {
    var config = TestConfig.of(folder, 5);
    var file = config.file().toString();

    try (var launcher = RunningProgram.jar(JAR, folder, "launch", "--config", file)) {
      launcher.awaitLine("cluster ready, leader ");
      for (int id = 0; id < 5; id++) {
        try (var writer = new TestClient(config.clientPort(id));
            var reader = new TestClient(config.clientPort((id + 1) % 5))) {
          assertTrue(writer.set("key" + id, "value").startsWith("OK "));
          assertEquals("value", reader.get("key" + id));
        }
      }
      try (var members = RunningProgram.jar(JAR, folder, "member", "list", "--config", file)) {
        assertEquals(0, members.exitStatus(), members.lines().toString());
      }
      try (var backup = RunningProgram.jar(JAR, folder, "backup", "--config", file, "the.backup")) {
        assertEquals(0, backup.exitStatus(), backup.lines().toString());
      }
      launcher.terminate();
      assertEquals(0, launcher.exitStatus());
    }
  }

  @Test
  void theSimulatorFindsAllThatItNeedsInThePackagedJar() throws Exception {
    try (var simulation = RunningProgram.jar(JAR, folder, "simulate", "--seed", "1")) {
      assertEquals(0, simulation.exitStatus(), simulation.lines().toString());
    }
  }
}
