package io.raftkv.check;

/** Finds the claim that an outcome makes of each kind of action. */
final class ClaimReader implements Action.Handler<Claim> {
  private final Outcome outcome;

  ClaimReader(Outcome outcome) {
    this.outcome = outcome;
  }

  @Override
  public Claim onSet(Action.Set set) {
    return outcome.dispatch(new ToSet(new Claim.Content(set.exptime(), set.value())));
  }

  @Override
  public Claim onCas(Action.Cas cas) {
    var content = new Claim.Content(cas.exptime(), cas.value());
    return outcome.dispatch(new ToCas(cas.version(), content));
  }

  @Override
  public Claim onDelete(Action.Delete delete) {
    return outcome.dispatch(new ToDelete());
  }

  @Override
  public Claim onGet(Action.Get get) {
    return outcome.dispatch(new ToGet());
  }

  @Override
  public Claim onGetMeta(Action.GetMeta getMeta) {
    return outcome.dispatch(new ToGetMeta());
  }

  /** Every answer is absurd but the unknown one and those that an action expects. */
  private abstract static class Answers implements Outcome.Handler<Claim> {
    private final Claim unknown;

    Answers(Claim unknown) {
      this.unknown = unknown;
    }

    @Override
    public Claim onStored(Outcome.Stored stored) {
      return new Claim.Absurd();
    }

    @Override
    public Claim onDeleted(Outcome.Deleted deleted) {
      return new Claim.Absurd();
    }

    @Override
    public Claim onValue(Outcome.Value value) {
      return new Claim.Absurd();
    }

    @Override
    public Claim onValueMeta(Outcome.ValueMeta valueMeta) {
      return new Claim.Absurd();
    }

    @Override
    public Claim onNotFound(Outcome.NotFound notFound) {
      return new Claim.Missed();
    }

    @Override
    public Claim onVersionMismatch(Outcome.VersionMismatch mismatch) {
      return new Claim.Absurd();
    }

    @Override
    public Claim onUnknown(Outcome.Unknown nothing) {
      return unknown;
    }
  }

  private static final class ToSet extends Answers {
    private final Claim.Content content;

    ToSet(Claim.Content content) {
      super(new Claim.MayWrite(content));
      this.content = content;
    }

    @Override
    public Claim onStored(Outcome.Stored stored) {
      return new Claim.Wrote(stored.version(), content);
    }

    /** A set does not ask what is there. */
    @Override
    public Claim onNotFound(Outcome.NotFound notFound) {
      return new Claim.Absurd();
    }
  }

  private static final class ToCas extends Answers {
    private final long expected;
    private final Claim.Content content;

    ToCas(long expected, Claim.Content content) {
      super(new Claim.MaySwap(expected, content));
      this.expected = expected;
      this.content = content;
    }

    @Override
    public Claim onStored(Outcome.Stored stored) {
      return new Claim.Swapped(expected, stored.version(), content);
    }

    @Override
    public Claim onVersionMismatch(Outcome.VersionMismatch mismatch) {
      return new Claim.Mismatched(expected);
    }
  }

  private static final class ToDelete extends Answers {
    ToDelete() {
      super(new Claim.MayRemove());
    }

    @Override
    public Claim onDeleted(Outcome.Deleted deleted) {
      return new Claim.Removed();
    }
  }

  private static final class ToGet extends Answers {
    ToGet() {
      super(new Claim.Nothing());
    }

    @Override
    public Claim onValue(Outcome.Value value) {
      return new Claim.Saw(value.value());
    }
  }

  private static final class ToGetMeta extends Answers {
    ToGetMeta() {
      super(new Claim.Nothing());
    }

    @Override
    public Claim onValueMeta(Outcome.ValueMeta seen) {
      var content = new Claim.Content(seen.exptime(), seen.value());
      return new Claim.SawMeta(seen.version(), content);
    }
  }
}
