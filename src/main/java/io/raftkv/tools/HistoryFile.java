package io.raftkv.tools;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.check.Operation;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A whole run as text, round by round, each in the order of invocation. */
final class HistoryFile implements Closeable {
  private static final String HEADING =
      "# invoked (us)\treturned (us)\tclient\tserver\trequest\tanswer\n";

  private final Writer writer;
  private final Clients clients;
  private final long start = System.nanoTime();

  /** Begins a new file; without one, nothing is written. */
  HistoryFile(Optional<Path> file, Clients clients) {
    this.clients = clients;
    this.writer = file.map(HistoryFile::open).orElseGet(Writer::nullWriter);
  }

  private static Writer open(Path file) {
    try {
      var writer = Files.newBufferedWriter(file);
      writer.write(HEADING);
      return writer;
    } catch (IOException failure) {
      throw new Failure(
          ExitStatus.CONFIGURATION, "--history " + file + " cannot be written", failure);
    }
  }

  void write(List<Operation> round) throws IOException {
    var byInvocation = Comparator.comparingLong(Operation::invoked);
    for (var operation : round.stream().sorted(byInvocation).toList()) {
      boolean known = operation.returned() != Operation.NEVER;
      var returned = known ? Long.toString(micros(operation.returned())) : "-";
      writer.write(
          "%d\t%s\t%d\t%d\t%s\t%s\n"
              .formatted(
                  micros(operation.invoked()),
                  returned,
                  operation.client(),
                  clients.server(operation.client()).id(),
                  operation.action() + " on " + operation.key(),
                  operation.outcome()));
    }
    writer.flush();
  }

  private long micros(long nanos) {
    return (nanos - start) / 1000;
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
