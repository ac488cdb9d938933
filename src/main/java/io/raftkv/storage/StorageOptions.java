package io.raftkv.storage;

/**
 * How the log lies on the disk.
 *
 * @param segmentBytes the size of a log file, which is filled with zeros before it is used; a batch
 *     that is larger gets a file of its own size
 * @param batchBytesMax about how much is forced at once at the most
 * @param disk the disk; a test may have its own
 * @param machine the rest of the machine
 * @param scrubPace when what lies on the disk is read again
 */
public record StorageOptions(
    int segmentBytes, int batchBytesMax, Disk disk, Machine machine, ScrubPace scrubPace) {
  /** Files of 16 MiB, batches of up to 4 MiB. */
  public static final StorageOptions DEFAULTS = new StorageOptions(16 << 20, 4 << 20);

  private static final int SEGMENT_BYTES_MIN = 1 << 12;

  public StorageOptions {
    if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes % 8 != 0) {
      throw new IllegalArgumentException(
          "segmentBytes is " + segmentBytes + ", must be a multiple of 8, at least 4096");
    }
    if (batchBytesMax < 1) {
      throw new IllegalArgumentException(
          "batchBytesMax is " + batchBytesMax + ", must be positive");
    }
  }

  /** The files at rest are read again at the usual pace. */
  public StorageOptions(int segmentBytes, int batchBytesMax, Disk disk, Machine machine) {
    this(segmentBytes, batchBytesMax, disk, machine, ScrubPace.DEFAULT);
  }

  /** These sizes on this machine's disk. */
  public StorageOptions(int segmentBytes, int batchBytesMax) {
    this(segmentBytes, batchBytesMax, new RealDisk(), new RealMachine());
  }

  /** The same, with log files of this size. */
  public StorageOptions withSegmentBytes(int bytes) {
    return new StorageOptions(bytes, batchBytesMax, disk, machine, scrubPace);
  }

  /** The same, on another disk. */
  public StorageOptions withDisk(Disk other) {
    return new StorageOptions(segmentBytes, batchBytesMax, other, machine, scrubPace);
  }

  /** The same, with the files at rest read again at this pace. */
  public StorageOptions withScrubPace(ScrubPace pace) {
    return new StorageOptions(segmentBytes, batchBytesMax, disk, machine, pace);
  }
}
