package io.raftkv.raft;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** What a server does, one line each. */
final class EffectWords implements Effect.Handler {
  private final List<String> lines;
  private final int id;
  private final BiFunction<Integer, Message, String> post;

  /**
   * @param lines takes what the server does
   * @param post takes what it sends to whom, and gives the message a name
   */
  EffectWords(int id, List<String> lines, BiFunction<Integer, Message, String> post) {
    this.id = id;
    this.lines = lines;
    this.post = post;
  }

  private void say(String format, Object... arguments) {
    lines.add(id + " " + format.formatted(arguments));
  }

  @Override
  public void onGivenUp(Effect.GivenUp effect) {
    say("gives up: %s, entry %d", effect.reason(), effect.index());
  }

  @Override
  public void onStateTold(Effect.StateTold effect) {
    say("passes on what %d comes to behind entry %d", effect.from(), effect.digest().index());
  }

  @Override
  public void onChanged(Effect.Changed effect) {
    say("answers change %d: %s", effect.requestId(), effect.refusal());
  }

  @Override
  public void onSend(Effect.Send effect) {
    var name = post.apply(effect.to(), effect.message());
    say("sends %s to %d: %s", name, effect.to(), MessageWords.of(effect.message()));
  }

  @Override
  public void onWrite(Effect.Write effect) {
    say(
        "writes %d: %s",
        effect.sequence(),
        effect.records().stream().map(EffectWords::record).collect(Collectors.joining("; ")));
  }

  @Override
  public void onApply(Effect.Apply effect) {
    say("applies %s", MessageWords.places(effect.entries()));
  }

  @Override
  public void onReadReady(Effect.ReadReady effect) {
    say("may answer read %d at %d", effect.readId(), effect.index());
  }

  @Override
  public void onRoleChanged(Effect.RoleChanged effect) {
    say(
        "is %s in term %d%s",
        effect.role(),
        effect.term(),
        effect.leader() == RaftNode.NOBODY || effect.leader() == id
            ? ""
            : ", led by " + effect.leader());
  }

  @Override
  public void onJoined(Effect.Joined effect) {
    say("joins cluster %d", effect.clusterId());
  }

  @Override
  public void onSendSnapshot(Effect.SendSnapshot effect) {
    say("sends a snapshot to %d, of entry %d at least", effect.to(), effect.atLeast());
  }

  @Override
  public void onRestore(Effect.Restore effect) {
    say("restores the snapshot of entry %d", effect.snapshot().id().index());
  }

  private static String record(LogRecord record) {
    var words = new RecordWords();
    record.dispatch(words);
    return words.text;
  }

  private static final class RecordWords implements LogRecord.Handler {
    private String text = "";

    @Override
    public void onVote(LogRecord.Vote vote) {
      text = "term " + vote.term() + vote(vote.votedFor());
    }

    @Override
    public void onAppend(LogRecord.Append append) {
      text = "append " + MessageWords.places(append.entries());
    }

    @Override
    public void onTruncateSuffix(LogRecord.TruncateSuffix truncate) {
      text = "cut from " + truncate.fromIndex();
    }

    @Override
    public void onJoined(LogRecord.Joined joined) {
      text = "joined " + joined.clusterId();
    }

    @Override
    public void onStartAfter(LogRecord.StartAfter startAfter) {
      text = "start after " + startAfter.snapshot().index();
    }
  }

  /** How a vote is said behind its term. */
  static String vote(int votedFor) {
    return votedFor == RaftNode.NOBODY ? "" : " vote " + votedFor;
  }
}
