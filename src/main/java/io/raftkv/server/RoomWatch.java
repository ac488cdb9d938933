package io.raftkv.server;

import io.raftkv.storage.Storage;
import io.vertx.core.Vertx;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then how much room there is on the disk, and says when it becomes short. */
final class RoomWatch {
  private static final Logger LOG = LoggerFactory.getLogger(RoomWatch.class);
  private static final String SHORT =
      "the disk is nearly full: sets get ERR_INTERNAL where no other server can lead with more"
          + " room; reads, deletes and votes go on. Make room";
  private static final String ROOM_AGAIN = "there is room on the disk again";

  private final int id;
  private final Vertx vertx;
  private final Storage storage;
  private final Consumer<Boolean> onChange;
  private boolean checking;
  private boolean isShort;

  /**
   * @param onChange is told whether there is too little room, whenever that changes
   */
  RoomWatch(int id, Vertx vertx, Storage storage, Consumer<Boolean> onChange) {
    this.id = id;
    this.vertx = vertx;
    this.storage = storage;
    this.onChange = onChange;
  }

  /** One look at a time, and off the event loop. */
  void check() {
    if (!checking) {
      checking = true;
      vertx
          .executeBlocking(storage::isShortOfRoom)
          .onSuccess(this::roomIs)
          .onFailure(failure -> LOG.warn("the room on the disk is not known: {}", failure + ""))
          .onComplete(done -> checking = false);
    }
  }

  private void roomIs(boolean nowShort) {
    if (nowShort != isShort) {
      isShort = nowShort;
      LOG.warn("server {}: {}", id, isShort ? SHORT : ROOM_AGAIN);
      onChange.accept(isShort);
    }
  }
}
