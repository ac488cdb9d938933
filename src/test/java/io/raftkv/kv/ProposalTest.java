package io.raftkv.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.raftkv.base.Bytes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProposalTest {
  private static final RequestId ID = new RequestId(7, new Life(1L << 40, -3), 99);
  private static final Bytes KEY = Bytes.utf8("key");

  private static final List<Proposal> SAMPLES =
      List.of(
          new Proposal(ID, Optional.empty()),
          new Proposal(ID, Optional.of(new Request.Set(KEY, 0, Bytes.EMPTY))),
          new Proposal(ID, Optional.of(new Request.Set(KEY, 60, Bytes.utf8("value")))),
          new Proposal(
              ID, Optional.of(new Request.Cas(KEY, 1, Long.MAX_VALUE, Bytes.utf8("v\r\n")))),
          new Proposal(ID, Optional.of(new Request.Delete(Bytes.utf8("x".repeat(250))))));

  @Test
  void everyProposalComesBackAsItWas() {
    for (var sample : SAMPLES) {
      assertEquals(sample, Proposal.decode(sample.encode()));
    }
  }

  @Test
  void aProposalThatIsCutShortIsRefusedOrHasAShorterValue() {
    for (var sample : SAMPLES) {
      var encoded = sample.encode();
      for (int length = 0; length < encoded.length(); length++) {
        var cut = encoded.slice(0, length);
        try {
          assertNotEquals(sample, Proposal.decode(cut));
        } catch (IllegalArgumentException refused) {
          assertEquals(IllegalArgumentException.class, refused.getClass());
        }
      }
    }
  }

  @Test
  void aFlippedBitIsRefusedOrMakesAnotherProposal() {
    for (var sample : SAMPLES) {
      var encoded = sample.encode().toArray();
      for (int bit = 0; bit < 8 * encoded.length; bit++) {
        var flipped = encoded.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        try {
          assertNotEquals(sample, Proposal.decode(Bytes.wrap(flipped)));
        } catch (IllegalArgumentException refused) {
          assertEquals(IllegalArgumentException.class, refused.getClass());
        }
      }
    }
  }

  @Test
  void aNewerFormatIsRefused() {
    var encoded = SAMPLES.get(0).encode().toArray();
    encoded[0] = 2;

    assertThrows(IllegalArgumentException.class, () -> Proposal.decode(Bytes.wrap(encoded)));
  }

  @Test
  void aKeyThatIsTooLongForTheFormatIsNotEncoded() {
    var command = new Request.Set(Bytes.utf8("x".repeat(256)), 0, Bytes.EMPTY);

    assertThrows(
        IllegalArgumentException.class, () -> new Proposal(ID, Optional.of(command)).encode());
  }
}
