package io.raftkv.figures;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Hears at once of the files that get their names in a folder. */
final class FolderWatch implements AutoCloseable {
  private final WatchService service;
  private final ArrayDeque<String> appeared = new ArrayDeque<>();

  /** Listens from now on. */
  FolderWatch(Path folder) throws IOException {
    service = folder.getFileSystem().newWatchService();
    folder.register(service, StandardWatchEventKinds.ENTRY_CREATE);
  }

  /** Waits for the next file of such a name; empty if there is none within the limit. */
  Optional<String> await(Pattern name, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      while (!appeared.isEmpty()) {
        var file = appeared.remove();
        if (name.matcher(file).matches()) {
          return Optional.of(file);
        }
      }
      var key = service.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (key == null) {
        return Optional.empty();
      }
      key.pollEvents().forEach(event -> appeared.add(String.valueOf(event.context())));
      key.reset();
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
