package io.raftkv.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCommandTest {
  @Test
  void noPathIsReadByTheShell() {
    var command = ServerCommand.of(3, "/a 'b/java", "", "/x $(y)/z.jar");

    assertEquals("trap '' INT; exec \"$@\"", command.get(2));
    assertTrue(command.contains("/a 'b/java"));
    assertTrue(command.contains("/x $(y)/z.jar"));
  }

  @Test
  void theUsersOptionsComeLastAndReplaceTheirKind() {
    var heap = ServerCommand.of(3, "java", " -Xmx4g  -Da=b ", "x.jar");
    var collector = ServerCommand.of(3, "java", "-XX:+UseZGC", "x.jar");

    assertFalse(heap.contains("-Xmx3g"));
    assertTrue(heap.containsAll(ServerCommand.COLLECTOR));
    assertTrue(heap.indexOf("-Xmx4g") > heap.indexOf("-Xrs"));
    assertTrue(heap.contains("-Da=b"));
    assertFalse(collector.contains("-XX:+UseG1GC"));
    assertTrue(collector.containsAll(ServerCommand.HEAP));
  }

  @Test
  void aServerStartedByHandHasTheSameOptions() throws IOException {
    var script = Files.readString(Path.of("bin/environment.sh"));

    assertTrue(script.contains("heap=(" + String.join(" ", ServerCommand.HEAP) + ")"));
    assertTrue(script.contains("collector=(" + String.join(" ", ServerCommand.COLLECTOR) + ")"));
    var everything = script + Files.readString(Path.of("run.sh"));
    for (var option : ServerCommand.ESSENTIAL) {
      assertTrue(everything.contains(option), option);
    }
  }

  @Test
  void theClassPathIsThatOfTheLoaderWhichReadsUs(@TempDir Path folder) throws IOException {
    var jar = folder.resolve("a b+c.jar");
    var urls = new URL[] {jar.toUri().toURL(), folder.toUri().toURL()};

    try (var loader = new URLClassLoader(urls)) {
      assertEquals(jar + ":" + folder, ServerCommand.classPath(loader));
    }
  }
}
