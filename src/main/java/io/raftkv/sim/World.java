package io.raftkv.sim;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.raft.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** One cluster in virtual time, with its network, disks, clocks and clients. */
final class World {
  private static final long RESTART_AFTER = 100 * Timeline.MILLI;

  private final Conditions conditions;
  private final Chance chance;
  private final boolean bytes;
  private final Timeline timeline = new Timeline();
  private final Marks marks = new Marks();
  private final List<Integer> members;
  private final Map<Integer, List<Integer>> files = new HashMap<>();
  private final List<SimServer> servers = new ArrayList<>();
  private final List<SplittableRandom> diskChance = new ArrayList<>();
  private final List<Optional<Runnable>> damaged = new ArrayList<>();
  private final Heritage heritage;
  private final OlderCopies olderCopies;
  private final Observer observer;
  private final SimNetwork network;
  private final Links links;
  private final Transfers transfers;
  private final SimClients clients;
  private final Nemesis nemesis;

  /**
   * @param bytes whether messages and logs are bytes, as in a real server, or stay records
   */
  World(Conditions conditions, Chance chance, boolean bytes, Trace trace) {
    this.conditions = conditions;
    this.chance = chance;
    this.bytes = bytes;
    members = IntStream.range(0, conditions.machines()).boxed().toList();
    heritage = Heritage.draw(conditions, chance.stream("heritage"));
    olderCopies = new OlderCopies(this);
    observer = new Observer(this, trace);
    network =
        new SimNetwork(conditions, timeline, marks, chance.stream("network"), bytes, this::deliver);
    links = new Links(this, chance.stream("links"));
    transfers = new Transfers(this, chance.stream("transfers"));
    clients = new SimClients(this, chance.stream("clients"));
    nemesis = new Nemesis(this);
    members.forEach(this::addServer);
    clients.inherit(heritage);
    restore();
  }

  /** As an operator does, before anything is started. */
  private void restore() {
    try {
      if (heritage.isThere()) {
        server(heritage.founder()).log().restore(heritage.snapshot(), heritage.store());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void addServer(int id) {
    var random = chance.stream("clock" + id);
    var clocks = conditions.clocks();
    double rate = 1 + clocks.rateSpread() * (2 * random.nextDouble() - 1);
    var clock = new SimClock(rate, random.nextInt(clocks.offsetMillisMax() + 1));
    diskChance.add(chance.stream("disk" + id));
    damaged.add(Optional.empty());
    servers.add(new SimServer(this, id, clock, newLog(id, clock), chance.stream("server" + id)));
  }

  private SimLog newLog(int id, SimClock clock) {
    var random = diskChance.get(id);
    var weather = new DiskWeather(conditions.disk(), random.split(), marks);
    return bytes
        ? new ByteLog(
            id, conditions.disk(), weather, () -> clock.wallMillis(timeline.now()), random.split())
        : new RecordLog(weather, () -> clock.wallMillis(timeline.now()), random.split());
  }

  Conditions conditions() {
    return conditions;
  }

  Timeline timeline() {
    return timeline;
  }

  Marks marks() {
    return marks;
  }

  /** What the cluster begins with. */
  Heritage heritage() {
    return heritage;
  }

  /** The disks that go back to what they were. */
  OlderCopies olderCopies() {
    return olderCopies;
  }

  /** The ids of all servers, members or not. */
  List<Integer> members() {
    return members;
  }

  /** The ids that a server's file names: one that was not there at the beginning names itself. */
  List<Integer> membersOfFile(int id) {
    return files.computeIfAbsent(id, own -> fileOf(own, each -> each < conditions.servers()));
  }

  private List<Integer> fileOf(int own, IntPredicate isNamed) {
    return members.stream().filter(id -> id == own || isNamed.test(id)).toList();
  }

  List<SimServer> servers() {
    return servers;
  }

  SimServer server(int id) {
    return servers.get(id);
  }

  Observer observer() {
    return observer;
  }

  SimNetwork network() {
    return network;
  }

  Links links() {
    return links;
  }

  Transfers transfers() {
    return transfers;
  }

  SimClients clients() {
    return clients;
  }

  Nemesis nemesis() {
    return nemesis;
  }

  /** Whoever leads the latest term. */
  Optional<SimServer> leader() {
    return servers.stream()
        .filter(SimServer::isLeader)
        .max((a, b) -> Long.compare(a.replica().raft().term(), b.replica().raft().term()));
  }

  private void deliver(SimNetwork.Letter letter) {
    var to = servers.get(letter.to());
    var from = servers.get(letter.from());
    marks.seeIf(letter.run() != from.run(), Mark.MESSAGE_OF_EARLIER_RUN);
    if (to.isUp() && links.mayTalk(letter.from(), letter.to())) {
      to.handle(new Event.Receive(letter.from(), letter.incarnation(), letter.message()));
    }
  }

  /** The disk gave an error: the process ends at once, and is started again later. */
  void diskFailed(SimServer server) {
    server.crash(true);
    timeline.after(RESTART_AFTER, server::start);
  }

  /**
   * Something happens to the files of this server, which is down: it must be found, or do no harm,
   * when it starts.
   *
   * @param damage does it; to be run to mend it
   */
  void damage(SimServer server, Function<SimLog, Optional<Runnable>> damage) {
    if (damaged.get(server.id()).isEmpty()) {
      damaged.set(server.id(), damage.apply(server.log()));
    }
  }

  /** What the log of a server said when it was opened: only known damage may stop it. */
  void cannotStart(SimServer server, Failure failure) {
    boolean isDamage = failure.status() == ExitStatus.DAMAGED;
    var mend = damaged.get(server.id());
    Violation.unless(
        !isDamage || mend.isPresent(),
        "server " + server.id() + " calls an intact log damaged: " + failure.getMessage());
    mend.ifPresent(Runnable::run);
    damaged.set(server.id(), Optional.empty());
    marks.seeIf(isDamage, Mark.DAMAGE_FOUND);
    timeline.after(RESTART_AFTER, server::start);
  }

  /** A server has read its log without complaint. */
  void started(SimServer server) {
    marks.seeIf(damaged.get(server.id()).isPresent(), Mark.DAMAGE_HARMLESS);
    damaged.set(server.id(), Optional.empty());
  }

  /** Whether the files of this server are not what it wrote. */
  boolean isDamaged(int server) {
    return damaged.get(server).isPresent();
  }

  /** Whether those of any server are not. */
  boolean isAnyDamaged() {
    return damaged.stream().anyMatch(Optional::isPresent);
  }

  /** The server begins as a new one; whoever starts it gives it a file of today. */
  void rejoins(SimServer server) {
    files.put(server.id(), fileOf(server.id(), observer.seats()::isMember));
  }

  /**
   * The server, which is down, gets an empty disk, and a file that names who is a member now: with
   * an old one it might form a cluster with others that were removed.
   */
  void wipe(SimServer server) {
    marks.see(Mark.SERVER_WIPED);
    damaged.set(server.id(), Optional.empty());
    server.replaceLog(newLog(server.id(), server.clock()));
    observer.wiped(server.id());
    rejoins(server);
  }
}
