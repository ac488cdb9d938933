package io.raftkv.sim;

import io.raftkv.kv.Image;
import io.raftkv.raft.Snapshot;
import io.raftkv.replica.Replica;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** What a server's workers do with snapshots, beside its event loop. */
final class SimSnapshots {
  private final World world;
  private final SimServer server;
  private final SplittableRandom random;
  private boolean saving;

  SimSnapshots(World world, SimServer server, SplittableRandom random) {
    this.world = world;
    this.server = server;
    this.random = random;
  }

  /** The image is read at the end of the time that it takes, when the store has long gone on. */
  void save(Snapshot snapshot, Image image) {
    saving = true;
    long run = server.run();
    long micros = 1L + random.nextInt(world.conditions().bounds().snapshotMicrosMax() + 1);
    world.timeline().after(micros, () -> server.ifRun(run, () -> write(snapshot, image)));
  }

  private void write(Snapshot snapshot, Image image) {
    long run = server.run();
    world.observer().savingSnapshot(server, snapshot);
    if (random.nextInt(4) == 0) {
      DamagedImages.tryOn(image, random, world.marks());
    }
    try {
      var saved = server.log().save(world.timeline().now(), snapshot, image);
      world.timeline().at(saved.at(), () -> server.ifRun(run, () -> saved(snapshot, saved)));
    } catch (IOException e) {
      saving = false;
      world.marks().see(Mark.SNAPSHOT_FAILED);
      server.act(Replica::snapshotFailed);
    }
  }

  private void saved(Snapshot snapshot, SimLog.Saved saved) {
    saving = false;
    world.marks().see(Mark.SNAPSHOT_TAKEN);
    server.act(replica -> replica.snapshotSaved(snapshot.id(), saved.bytes()));
    server.dropLogUpTo(saved.oldestIndex());
  }

  /** The process is gone, and with it what it was writing. */
  void crashed() {
    world.marks().seeIf(saving, Mark.CRASHED_WHILE_SAVING);
    saving = false;
  }

  /**
   * Another server's snapshot has come in; {@code done} hears whether it was taken, if this server
   * lives to say so.
   */
  void receive(SimLog.Copy copy, Consumer<Boolean> done) {
    long run = server.run();
    world.observer().savingSnapshot(server, copy.snapshot());
    try {
      var received = server.log().receive(world.timeline().now(), copy);
      world
          .timeline()
          .at(
              received.at(),
              () -> server.ifRun(run, () -> arrived(copy.snapshot(), received, done)));
    } catch (IOException e) {
      done.accept(false);
    }
  }

  private void arrived(Snapshot snapshot, SimLog.Received received, Consumer<Boolean> done) {
    server.act(
        replica -> {
          world.observer().arrived(server, snapshot);
          replica.snapshotArrived(snapshot, received.store(), received.bytes());
        });
    done.accept(true);
  }
}
