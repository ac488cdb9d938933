package io.raftkv.check;

/** The version that an answered update gave, 0 for all else. */
class GivenVersion extends Claim.Partial<Long> {
  GivenVersion() {
    super(0L);
  }

  @Override
  public Long onWrote(Claim.Wrote wrote) {
    return wrote.version();
  }

  @Override
  public Long onSwapped(Claim.Swapped swapped) {
    return swapped.version();
  }
}
