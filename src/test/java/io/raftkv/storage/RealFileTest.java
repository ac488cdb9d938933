package io.raftkv.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system may read and write less than it was asked to. */
class RealFileTest {
  @TempDir Path folder;

  @Test
  void whatIsReadAndWrittenInPiecesIsWhole() throws IOException {
    var bytes = new byte[600_000];
    new SplittableRandom(1).nextBytes(bytes);
    var path = folder.resolve("file");
    var options =
        new StandardOpenOption[] {
          StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE
        };
    var channel = new Stuttering(FileChannel.open(path, options));
    try (var file = new RealDisk.RealFile(channel)) {
      file.write(ByteBuffer.wrap(bytes), 100);
      var target = ByteBuffer.allocate(bytes.length + 10);
      file.read(target, 100);

      assertEquals(bytes.length, target.position());
      assertArrayEquals(bytes, Arrays.copyOf(target.array(), bytes.length));
      assertEquals(bytes.length + 100, file.size());
      assertTrue(channel.calls > 20, channel.calls + " calls");
    }
  }

  /** From the disk itself only whole blocks can be read, and not every disk can do that. */
  @Test
  void aFileAtRestIsReadAsItIsFromAnyByteToAnyOther() throws IOException {
    var random = new SplittableRandom(3);
    for (int length : new int[] {0, 1, 4_095, 4_096, 131_072, 300_001}) {
      var bytes = new byte[length];
      random.nextBytes(bytes);
      var path = Files.write(folder.resolve("at-rest"), bytes);
      try (var file = new RealDisk().openIfThere(path).orElseThrow()) {
        assertEquals(length, file.size());
        for (int i = 0; i < 50; i++) {
          int from = random.nextInt(length + 10);
          var target = ByteBuffer.allocate(random.nextInt(200_000));
          int expected = Math.max(0, Math.min(target.capacity(), length - from));

          file.read(target, from);

          assertEquals(expected, target.position());
          assertEquals(ByteBuffer.wrap(bytes, Math.min(from, length), expected), target.flip());
        }
      }
    }
  }

  @Test
  void aFileThatIsNotThereIsNotMadeToBeRead() throws IOException {
    var path = folder.resolve("nothing");

    assertTrue(new RealDisk().openIfThere(path).isEmpty());

    assertFalse(Files.exists(path));
  }

  /** A file of which each call gets only a part of what it asks for. */
  private static final class Stuttering extends FileChannel {
    private final FileChannel whole;
    private final SplittableRandom random = new SplittableRandom(2);
    private int calls;

    Stuttering(FileChannel whole) {
      this.whole = whole;
    }

    private ByteBuffer part(ByteBuffer asked) {
      calls++;
      int bytes = Math.min(asked.remaining(), 1 + random.nextInt(50_000));
      return asked.slice(asked.position(), bytes);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      int count = whole.read(part(target), position);
      target.position(target.position() + Math.max(0, count));
      return count;
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      int count = whole.write(part(source), position);
      source.position(source.position() + count);
      return count;
    }

    @Override
    public long size() throws IOException {
      return whole.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      whole.close();
    }

    @Override
    public void force(boolean metaData) throws IOException {
      whole.force(metaData);
    }

    @Override
    public int read(ByteBuffer target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
