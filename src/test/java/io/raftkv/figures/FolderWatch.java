package io.raftkv.figures;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Hears at once of the files that get their names in a folder, and of those that lose them. */
final class FolderWatch implements AutoCloseable {
  private final WatchService service;
  private final ArrayDeque<Change> heard = new ArrayDeque<>();

  /** What there is to hear of a file. */
  enum Kind {
    APPEARED,
    VANISHED
  }

  private record Change(Kind kind, String file) {}

  /** Listens from now on. */
  FolderWatch(Path folder) throws IOException {
    service = folder.getFileSystem().newWatchService();
    folder.register(
        service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
  }

  /** Waits for the next such change; empty if there is none within the limit. */
  Optional<String> await(Kind kind, Pattern file, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      while (!heard.isEmpty()) {
        var change = heard.remove();
        if (change.kind == kind && file.matcher(change.file).matches()) {
          return Optional.of(change.file);
        }
      }
      var key = service.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (key == null) {
        return Optional.empty();
      }
      key.pollEvents().forEach(this::hear);
      key.reset();
    }
  }

  private void hear(WatchEvent<?> event) {
    var name = String.valueOf(event.context());
    if (event.kind() == StandardWatchEventKinds.ENTRY_CREATE) {
      heard.add(new Change(Kind.APPEARED, name));
    } else if (event.kind() == StandardWatchEventKinds.ENTRY_DELETE) {
      heard.add(new Change(Kind.VANISHED, name));
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
