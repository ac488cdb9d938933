package io.raftkv.transport;

import io.raftkv.bus.OperatorReply;
import io.raftkv.bus.OperatorRequest;
import io.raftkv.raft.Change;
import io.raftkv.storage.SnapshotFiles;
import io.raftkv.storage.SnapshotFiles.Source;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * The serving end of an operator's tool. A request is a line of words, one at a time:
 *
 * <pre>
 *   status
 *   add ID, promote ID, remove ID     a member
 *   bound BYTES                       the store
 *   snapshot                          the answer is followed by an OFFER, and a WANT by CHUNKs
 * </pre>
 */
final class OperatorSession implements SnapshotStream.Listener {
  private static final String SNAPSHOT = "snapshot";

  /** So many checks may pass between two chunks of a snapshot, before their tool is given up. */
  private static final int STALLED_CHECKS_MAX = 30;

  private final Vertx vertx;
  private final SnapshotFiles files;
  private final NetSocket socket;
  private final Operators operators;
  private final Consumer<String> refuse;
  private Optional<String> asked = Optional.empty();
  private Optional<Source> offered = Optional.empty();
  private Optional<SnapshotStream> stream = Optional.empty();
  private boolean snapshotAwaited;
  private int checksSinceSent;
  private boolean ended;

  /**
   * @param operators where this tool's requests go, and where it waits
   * @param refuse ends the connection, with the reason
   */
  OperatorSession(
      Vertx vertx,
      SnapshotFiles files,
      NetSocket socket,
      Operators operators,
      Consumer<String> refuse) {
    this.vertx = vertx;
    this.files = files;
    this.socket = socket;
    this.operators = operators;
    this.refuse = refuse;
  }

  /** The tool asks for something. */
  void request(ByteBuffer payload) throws WireException {
    if (asked.isPresent()) {
      throw new WireException("a second request before the answer to the first");
    }
    var words = StandardCharsets.UTF_8.decode(payload).toString();
    var request = parse(words.split(" ", -1));
    asked = Optional.of(words);
    snapshotAwaited = words.equals(SNAPSHOT);
    operators.ask(this, request);
  }

  private static LongFunction<OperatorRequest> parse(String[] words) throws WireException {
    try {
      return switch (words[0]) {
        case "status" -> OperatorRequest.Status::new;
        case SNAPSHOT -> OperatorRequest.TakeSnapshot::new;
        default -> making(change(words[0], Long.parseLong(words[words.length - 1])));
      };
    } catch (ArithmeticException | NumberFormatException e) {
      throw new WireException("a request with a number that is none");
    }
  }

  private static LongFunction<OperatorRequest> making(Change change) {
    return id -> new OperatorRequest.MakeChange(id, change);
  }

  private static Change change(String verb, long number) throws WireException {
    return switch (verb) {
      case "add" -> new Change.AddLearner(Math.toIntExact(number));
      case "promote" -> new Change.Promote(Math.toIntExact(number));
      case "remove" -> new Change.Remove(Math.toIntExact(number));
      case "bound" -> new Change.BoundStore(number);
      default -> throw new WireException("a request that this server does not know");
    };
  }

  /** The answer to the request is here. */
  void answer(String text) {
    asked = Optional.empty();
    snapshotAwaited &= text.startsWith(OperatorReply.OK);
    write(Frame.of(Frame.Type.REPLY, StandardCharsets.UTF_8.encode(text)));
    if (snapshotAwaited && !ended) {
      long atLeast = Long.parseLong(text.substring(OperatorReply.OK.length() + 1));
      vertx.executeBlocking(() -> newest(atLeast)).onSuccess(this::offer).onFailure(this::fail);
    }
  }

  /** The newest snapshot and the length of its file. */
  private record Found(Source source, long bytes) {}

  /** What was found to be damaged meanwhile is gone, and an older one is not what was asked for. */
  private Found newest(long atLeast) throws IOException {
    var source =
        files.newest().orElseThrow(() -> new IllegalStateException("there is no snapshot"));
    try {
      if (source.id().index() < atLeast) {
        throw new IOException("that of entry " + atLeast + " went bad: try again");
      }
      return new Found(source, source.bytes());
    } catch (IOException failure) {
      source.close();
      throw failure;
    }
  }

  private void offer(Found found) {
    snapshotAwaited = false;
    if (ended || offered.isPresent()) {
      SnapshotStream.close(vertx, found.source());
      return;
    }
    offered = Optional.of(found.source());
    write(new Offer(found.source().id(), found.bytes()).frame());
  }

  private void fail(Throwable failure) {
    refuse.accept("the snapshot cannot be read: " + failure.getMessage());
  }

  /** The tool wants the snapshot that was offered, from some byte on. */
  void wanted(ByteBuffer payload) throws WireException {
    if (offered.isEmpty() || stream.isPresent() || payload.remaining() != Long.BYTES) {
      throw new WireException("it asks for a snapshot twice, or for nothing");
    }
    var sending = new SnapshotStream(vertx, socket, offered.get(), this);
    stream = Optional.of(sending);
    checksSinceSent = 0;
    sending.sendFrom(payload.getLong());
  }

  @Override
  public void sent() {
    checksSinceSent = 0;
  }

  @Override
  public void failed() {
    refuse.accept("the snapshot cannot be sent");
  }

  private void write(byte[] frame) {
    if (!ended) {
      socket.write(Buffer.buffer(frame)).onFailure(failure -> refuse.accept("the link is gone"));
    }
  }

  /** Called every election timeout. */
  void check() {
    checksSinceSent++;
  }

  /** Whether it waits for an answer or takes a snapshot: then nothing is heard from it. */
  boolean isWorking() {
    boolean isTaking = stream.isPresent() && checksSinceSent <= STALLED_CHECKS_MAX;
    return asked.isPresent() || snapshotAwaited || isTaking;
  }

  /** Whether it waits for a snapshot, which may take long to be written. */
  boolean isSnapshotAwaited() {
    return snapshotAwaited;
  }

  /** The tool is gone. */
  void end() {
    if (!ended) {
      ended = true;
      operators.forget(this);
      stream.ifPresentOrElse(
          SnapshotStream::end,
          () -> offered.ifPresent(source -> SnapshotStream.close(vertx, source)));
    }
  }
}
