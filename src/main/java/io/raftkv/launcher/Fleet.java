package io.raftkv.launcher;

import io.raftkv.config.ServerSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The servers of one launcher: starts them all at once, says what becomes of them, and stops them
 * together. Lives on one event loop.
 */
final class Fleet {
  private static final long KILL_AFTER_MILLIS = 5_000;
  private static final int NOBODY = -1;

  /** How a server is started; called on the fleet's event loop, must not wait. */
  interface Starter {
    Future<ServerHandle> start(ServerSettings settings, HandleListener listener);
  }

  private final Vertx vertx;
  private final Starter starter;
  private final boolean restart;
  private final Consumer<String> out;
  private final IntConsumer whenAllEnded;
  private final List<FleetMember> members = new ArrayList<>();
  private final Promise<Void> stopped = Promise.promise();
  private Optional<Integer> firstStatus = Optional.empty();
  private boolean stopping;
  private boolean ready;
  private int leader = NOBODY;
  private long leaderTerm;

  /**
   * @param restart whether a server that died is started again
   * @param out takes lines for people
   * @param whenAllEnded is called with the status of the first that ended when none is left, unless
   *     the fleet was told to stop
   */
  Fleet(
      Vertx vertx,
      Starter starter,
      boolean restart,
      Consumer<String> out,
      IntConsumer whenAllEnded) {
    this.vertx = vertx;
    this.starter = starter;
    this.restart = restart;
    this.out = out;
    this.whenAllEnded = whenAllEnded;
  }

  void start(List<ServerSettings> servers) {
    servers.forEach(settings -> members.add(new FleetMember(this, settings)));
    members.forEach(FleetMember::start);
  }

  /** Asks all to stop, kills what is left after a while; done when none is left. */
  Future<Void> stop() {
    stopping = true;
    members.forEach(FleetMember::stop);
    long timer = vertx.setTimer(KILL_AFTER_MILLIS, late -> members.forEach(FleetMember::kill));
    checkStopped();
    return stopped.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private void checkStopped() {
    if (members.stream().noneMatch(FleetMember::isAlive)) {
      stopped.tryComplete();
    }
  }

  Vertx vertx() {
    return vertx;
  }

  Starter starter() {
    return starter;
  }

  boolean isStopping() {
    return stopping;
  }

  boolean restarts() {
    return restart && !stopping;
  }

  void say(String line) {
    out.accept(line);
  }

  void leaderHeard(int id, long term) {
    if (id == NOBODY || term <= leaderTerm) {
      return;
    }
    var changed = leader != id;
    leader = id;
    leaderTerm = term;
    if (ready && changed) {
      say("server " + id + " leads");
    }
    memberServes();
  }

  void memberServes() {
    var alive = members.stream().filter(FleetMember::isAlive).toList();
    var allServe = !alive.isEmpty() && alive.stream().allMatch(FleetMember::isServing);
    if (!ready && !stopping && leader != NOBODY && allServe) {
      ready = true;
      say("cluster ready, leader " + leader);
    }
  }

  void memberEnded(int status) {
    firstStatus = Optional.of(firstStatus.orElse(status));
    if (stopping) {
      checkStopped();
    } else if (members.stream().noneMatch(FleetMember::isAlive)) {
      whenAllEnded.accept(firstStatus.orElse(status));
    } else {
      memberServes();
    }
  }
}
