package io.raftkv.check;

/** Finds the claim that an outcome makes of each kind of action. */
final class ClaimReader implements Action.Handler<Claim> {
  private final Outcome outcome;

  ClaimReader(Outcome outcome) {
    this.outcome = outcome;
  }

  @Override
  public Claim onSet(Action.Set set) {
    var content = new Claim.Content(set.exptime(), set.value());
    return outcome.dispatch(
        new Answers(new Claim.MayWrite(content)) {
          @Override
          public Claim onStored(Outcome.Stored stored) {
            return new Claim.Wrote(stored.version(), content);
          }
        });
  }

  @Override
  public Claim onCas(Action.Cas cas) {
    var content = new Claim.Content(cas.exptime(), cas.value());
    return outcome.dispatch(
        new Answers(new Claim.MaySwap(cas.version(), content)) {
          @Override
          public Claim onStored(Outcome.Stored stored) {
            return new Claim.Swapped(cas.version(), stored.version(), content);
          }

          @Override
          public Claim onVersionMismatch(Outcome.VersionMismatch mismatch) {
            return new Claim.Mismatched(cas.version());
          }

          @Override
          public Claim onNotFound(Outcome.NotFound notFound) {
            return new Claim.Missed();
          }
        });
  }

  @Override
  public Claim onDelete(Action.Delete delete) {
    return outcome.dispatch(
        new Answers(new Claim.MayRemove()) {
          @Override
          public Claim onDeleted(Outcome.Deleted deleted) {
            return new Claim.Removed();
          }

          @Override
          public Claim onNotFound(Outcome.NotFound notFound) {
            return new Claim.Missed();
          }
        });
  }

  @Override
  public Claim onGet(Action.Get get) {
    return outcome.dispatch(
        new Answers(new Claim.Nothing()) {
          @Override
          public Claim onValue(Outcome.Value value) {
            return new Claim.Saw(value.value());
          }

          @Override
          public Claim onNotFound(Outcome.NotFound notFound) {
            return new Claim.Missed();
          }
        });
  }

  @Override
  public Claim onGetMeta(Action.GetMeta getMeta) {
    return outcome.dispatch(
        new Answers(new Claim.Nothing()) {
          @Override
          public Claim onValueMeta(Outcome.ValueMeta seen) {
            return new Claim.SawMeta(
                seen.version(), new Claim.Content(seen.exptime(), seen.value()));
          }

          @Override
          public Claim onNotFound(Outcome.NotFound notFound) {
            return new Claim.Missed();
          }
        });
  }

  /** Every answer is absurd but the unknown one and those that an action overrides. */
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
      return new Claim.Absurd();
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
}
