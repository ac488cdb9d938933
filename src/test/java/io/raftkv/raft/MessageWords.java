package io.raftkv.raft;

import io.raftkv.base.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Messages in words, both ways: what a transcript shows of a message can be written in a step. An
 * entry is {@code index.term}; what else it carries, and the time, is not shown.
 */
final class MessageWords implements Message.Handler {
  /** Later than any stamp that a transcript's leader gives before it hears it. */
  private static final long TIME = Lone.NOW;

  private String text = "";

  static String of(Message message) {
    var words = new MessageWords();
    message.dispatch(0, words);
    return words.text;
  }

  static String place(long index, long term) {
    return index + "." + term;
  }

  static String places(List<Entry> entries) {
    return entries.stream()
        .map(entry -> place(entry.index(), entry.term()))
        .collect(Collectors.joining(" "));
  }

  /** The message that these words say. */
  static Message read(Words words) {
    var kind = words.next();
    return switch (kind) {
      case "RequestVote" -> requestVote(words);
      case "RequestVoteReply" -> requestVoteReply(words);
      case "AppendEntries" -> appendEntries(words);
      case "AppendEntriesReply" -> appendEntriesReply(words);
      case "TimeoutNow" -> new Message.TimeoutNow(words.number("term"));
      case "Propose" -> new Message.Propose(commands(words.number()));
      case "ReadIndex" -> new Message.ReadIndex(words.number());
      case "ReadIndexReply" -> new Message.ReadIndexReply(words.number(), words.number("at"));
      default -> throw new IllegalArgumentException("no message is called " + kind);
    };
  }

  static List<Bytes> commands(int count) {
    return Collections.nCopies(count, Bytes.utf8("x"));
  }

  private record Place(long index, long term) {
    static Place read(String word) {
      var parts = word.split("\\.");
      return new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    static Place read(String name, Words words) {
      if (!words.take(name)) {
        throw new IllegalArgumentException("'" + name + "' is missing");
      }
      return read(words.next());
    }
  }

  private static Message requestVote(Words words) {
    int term = words.number("term");
    var last = Place.read("last", words);
    return new Message.RequestVote(
        term, last.index, last.term, words.take("pre"), words.take("transfer"));
  }

  private static Message requestVoteReply(Words words) {
    int term = words.number("term");
    boolean granted = words.take("granted");
    if (!granted && !words.take("refused")) {
      throw new IllegalArgumentException("a vote is granted or refused");
    }
    return new Message.RequestVoteReply(
        term, granted, words.take("pre"), Message.RequestVoteReply.NOT_HEARD, 1_000_000);
  }

  private static Message appendEntries(Words words) {
    int term = words.number("term");
    var prev = Place.read("prev", words);
    var entries = new ArrayList<Entry>();
    if (words.take("entries")) {
      while (!words.take("commit")) {
        var place = Place.read(words.next());
        entries.add(
            new Entry(place.index, place.term, TIME, Entry.Kind.COMMAND, commands(1).get(0)));
      }
      return new Message.AppendEntries(
          term, prev.index, prev.term, entries, words.number(), words.number("round"), TIME);
    }
    return new Message.AppendEntries(
        term, prev.index, prev.term, entries, words.number("commit"), words.number("round"), TIME);
  }

  private static Message appendEntriesReply(Words words) {
    int term = words.number("term");
    if (words.take("refused")) {
      int refused = words.number();
      var hint = Place.read("hint", words);
      return new Message.AppendEntriesReply(
          term, false, refused, hint.index, hint.term, words.number("round"));
    }
    return new Message.AppendEntriesReply(
        term, true, words.number("match"), 0, 0, words.number("round"));
  }

  @Override
  public void onRequestVote(int from, Message.RequestVote message) {
    text =
        "RequestVote term %d last %s%s%s"
            .formatted(
                message.term(),
                place(message.lastLogIndex(), message.lastLogTerm()),
                message.preVote() ? " pre" : "",
                message.transfer() ? " transfer" : "");
  }

  @Override
  public void onRequestVoteReply(int from, Message.RequestVoteReply message) {
    text =
        "RequestVoteReply term %d %s%s"
            .formatted(
                message.term(),
                message.voteGranted() ? "granted" : "refused",
                message.preVote() ? " pre" : "");
  }

  @Override
  public void onAppendEntries(int from, Message.AppendEntries message) {
    text =
        "AppendEntries term %d prev %s%s commit %d round %d"
            .formatted(
                message.term(),
                place(message.prevLogIndex(), message.prevLogTerm()),
                message.entries().isEmpty() ? "" : " entries " + places(message.entries()),
                message.leaderCommit(),
                message.round());
  }

  @Override
  public void onAppendEntriesReply(int from, Message.AppendEntriesReply message) {
    text =
        message.success()
            ? "AppendEntriesReply term %d match %d round %d"
                .formatted(message.term(), message.matchIndex(), message.round())
            : "AppendEntriesReply term %d refused %d hint %s round %d"
                .formatted(
                    message.term(),
                    message.matchIndex(),
                    place(message.hintIndex(), message.hintTerm()),
                    message.round());
  }

  @Override
  public void onTimeoutNow(int from, Message.TimeoutNow message) {
    text = "TimeoutNow term " + message.term();
  }

  @Override
  public void onPropose(int from, Message.Propose message) {
    text = "Propose " + message.commands().size();
  }

  @Override
  public void onReadIndex(int from, Message.ReadIndex message) {
    text = "ReadIndex " + message.readId();
  }

  @Override
  public void onStateDigest(int from, Message.StateDigest message) {
    text = "StateDigest " + message.index();
  }

  @Override
  public void onReadIndexReply(int from, Message.ReadIndexReply message) {
    text = "ReadIndexReply " + message.readId() + " at " + message.index();
  }

  @Override
  public void onAcknowledged(int from, Message.Acknowledged message) {
    text = "Acknowledged " + place(message.index(), message.indexTerm());
  }
}
