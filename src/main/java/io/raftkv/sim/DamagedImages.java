package io.raftkv.sim;

import io.raftkv.kv.Image;
import io.raftkv.kv.ImageDecoder;
import io.raftkv.kv.ImageEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Images that were damaged where no checksum of a file or of a frame sees it: they must be refused,
 * whatever the damage.
 */
final class DamagedImages {
  private static final int HEADER_BYTES = 25;

  private DamagedImages() {}

  /** Damages a copy of the image and has it decoded. */
  static void tryOn(Image image, SplittableRandom random, Marks marks) {
    var whole = encode(image, 1 + random.nextInt(200));
    var damaged = damage(whole.clone(), random);
    if (!Arrays.equals(whole, damaged)) {
      Violation.unless(isRefused(damaged, random), "a damaged image was taken for a whole one");
      marks.see(Mark.DAMAGED_IMAGE_REFUSED);
    }
  }

  private static byte[] encode(Image image, int pieceBytes) {
    var encoder = new ImageEncoder(image);
    var bytes = new ByteArrayOutputStream();
    var piece = ByteBuffer.allocate(pieceBytes);
    boolean isMore = true;
    while (isMore) {
      isMore = encoder.encode(piece.clear());
      bytes.write(piece.array(), 0, piece.position());
    }
    return bytes.toByteArray();
  }

  private static byte[] damage(byte[] bytes, SplittableRandom random) {
    switch (random.nextInt(4)) {
      case 0 -> bytes[random.nextInt(Math.min(HEADER_BYTES, bytes.length))] ^= flip(random);
      case 1 -> bytes[random.nextInt(bytes.length)] ^= flip(random);
      case 2 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      default -> {
        return Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
      }
    }
    return bytes;
  }

  private static byte flip(SplittableRandom random) {
    return (byte) (1 << random.nextInt(8));
  }

  private static boolean isRefused(byte[] damaged, SplittableRandom random) {
    var decoder = new ImageDecoder();
    try {
      int middle = random.nextInt(damaged.length + 1);
      decoder.decode(ByteBuffer.wrap(damaged, 0, middle));
      decoder.decode(ByteBuffer.wrap(damaged, middle, damaged.length - middle));
      decoder.finish();
      return false;
    } catch (IllegalArgumentException refusal) {
      return true;
    }
  }
}
