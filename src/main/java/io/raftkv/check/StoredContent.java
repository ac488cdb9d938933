package io.raftkv.check;

import java.util.Optional;

/** What an update stores or may store; nothing for all else. */
final class StoredContent extends Claim.Partial<Optional<Claim.Content>> {
  StoredContent() {
    super(Optional.empty());
  }

  @Override
  public Optional<Claim.Content> onWrote(Claim.Wrote wrote) {
    return Optional.of(wrote.content());
  }

  @Override
  public Optional<Claim.Content> onSwapped(Claim.Swapped swapped) {
    return Optional.of(swapped.content());
  }

  @Override
  public Optional<Claim.Content> onMayWrite(Claim.MayWrite write) {
    return Optional.of(write.content());
  }

  @Override
  public Optional<Claim.Content> onMaySwap(Claim.MaySwap swap) {
    return Optional.of(swap.content());
  }
}
