package io.raftkv.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.raftkv.base.Failure;
import io.raftkv.config.ConfigLoader;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigStoresTest {
  private static final String OVERRIDE = "raftkv.maxValueBytes";
  private static final List<String> BYSTANDERS = List.of("path", "servers", "maxValueBytes");

  private final Vertx vertx = Vertx.vertx();

  @TempDir Path folder;

  @AfterEach
  void close() {
    System.clearProperty(OVERRIDE);
    BYSTANDERS.forEach(System::clearProperty);
    vertx.close().await();
  }

  @Test
  void theLauncherAndAServerReadTheSame() {
    var file = Path.of("conf/config.json");
    System.setProperty(OVERRIDE, "77");
    BYSTANDERS.forEach(name -> System.setProperty(name, "13"));

    var read = ConfigStores.load(vertx, file).await();

    assertEquals(5, read.size());
    assertEquals(ConfigLoader.load(file), read.get(0).cluster());
    assertEquals(77, read.get(0).options().maxValueBytes());
    assertEquals(Path.of("data"), read.get(0).cluster().path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{,}", "[]", "{\"x\": 1}", "{\"path\": 1}", "{\"path\": 1,\"path\":2}"})
  void theLauncherAndAServerRefuseTheSame(String text) throws IOException {
    var file = Files.writeString(folder.resolve("c.json"), text);

    assertEquals(byServer(file), byLauncher(file));
  }

  @Test
  void theLauncherAndAServerRefuseAFileThatIsNotThere() {
    assertEquals(byServer(folder), byLauncher(folder));
    assertEquals(byServer(folder.resolve("x")), byLauncher(folder.resolve("x")));
  }

  private static String byServer(Path file) {
    return String.valueOf(assertThrows(Failure.class, () -> ConfigLoader.load(file)).getMessage());
  }

  private String byLauncher(Path file) {
    var loading = ConfigStores.load(vertx, file);
    var failure = assertThrows(Failure.class, () -> loading.await());
    return String.valueOf(failure.getMessage());
  }
}
