package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.config.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a cluster does while servers are dead. The tester does not know who leads: where servers can
 * be started again it kills each in turn, so that the leader's turn comes too.
 */
final class FaultScenarios {
  private static final int WRITES = 5;
  private static final int CONTESTS = 3;
  private static final Duration ALREADY_THERE = Duration.ofMillis(50);

  private final Ledger ledger = new Ledger();
  private final List<Write> waiting = new ArrayList<>();
  private int writes;

  List<Scenario> all(Fleet fleet) {
    var scenarios = new ArrayList<Scenario>();
    if (fleet.dispensable() >= 1) {
      scenarios.add(
          new Scenario("any one server may die, the leader too", trial -> minority(trial, 1)));
    }
    if (fleet.dispensable() >= 2) {
      int most = fleet.dispensable();
      var name = "any %d of %d servers may die".formatted(most, fleet.all().size());
      scenarios.add(new Scenario(name, trial -> minority(trial, most)));
    }
    if (fleet.dispensable() >= 1) {
      scenarios.add(new Scenario("without a majority there is no answer", this::noMajority));
      scenarios.add(new Scenario("with a majority again there are answers", this::majority));
    }
    return scenarios;
  }

  /** Kills {@code count} servers at a time, each server once at least. */
  private void minority(Trial trial, int count) throws IOException {
    requireKilling(trial);
    var fleet = trial.fleet();
    exercise(trial);
    for (var first : fleet.all()) {
      killTogether(trial, victims(fleet, first, count));
      exercise(trial);
      if (!fleet.reviveAll()) {
        trial.say("the leader may not have been among them: each is killed in turn only where");
        trial.say("servers can be started again, by --start-command or a launcher's --restart");
        return;
      }
      exercise(trial);
    }
    trial.say(ledger.size() + " acknowledged writes are all there, on every server");
  }

  /** So many, from {@code first} on round the circle, that {@code count} are dead. */
  private static List<ServerConfig> victims(Fleet fleet, ServerConfig first, int count) {
    var victims = new ArrayList<ServerConfig>();
    int start = fleet.all().indexOf(first);
    for (int i = 0; victims.size() + fleet.dead().size() < count; i++) {
      var server = fleet.all().get((start + i) % fleet.all().size());
      if (fleet.alive().contains(server)) {
        victims.add(server);
      }
    }
    return victims;
  }

  /**
   * What the survivors acknowledged last is not lost, and requests that are under way on them are
   * answered late, but not with an error.
   */
  private void killTogether(Trial trial, List<ServerConfig> victims) throws IOException {
    var survivors = new ArrayList<>(trial.fleet().alive());
    survivors.removeAll(victims);
    var before = new ArrayList<Write>();
    var during = new ArrayList<Write>();
    var after = new ArrayList<Write>();
    for (var server : survivors) {
      var client = trial.connect(server);
      before.add(new Write(server, client, nextKey(trial)));
      during.add(new Write(server, client, nextKey(trial)));
      after.add(new Write(server, client, nextKey(trial)));
    }
    send(before);
    expectAcknowledged(before, "before others die");
    send(during);
    for (var victim : victims) {
      trial.fleet().kill(victim);
    }
    long killed = System.nanoTime();
    send(after);
    expectAcknowledged(during, "while others die");
    expectAcknowledged(after, "after others died");
    trial.say("the survivors answer, " + (System.nanoTime() - killed) / 1_000_000 + " ms later");
  }

  private static void send(List<Write> writes) throws IOException {
    for (var write : writes) {
      write.client.send(Requests.set(write.key, 0, write.value()));
    }
  }

  private void expectAcknowledged(List<Write> writes, String when) throws IOException {
    for (var write : writes) {
      var doing = "set on server " + write.server.id() + " " + when;
      ledger.stored(write.key, Trial.expectStored(doing, write.client.receive()), write.value());
    }
  }

  private record Write(ServerConfig server, KvClient client, String key) {
    Bytes value() {
      return Bytes.utf8("value of " + key);
    }
  }

  private String nextKey(Trial trial) {
    return trial.key("fault-" + writes++);
  }

  /** Writes on every server that lives, reads all that was ever acknowledged, lets cas collide. */
  private void exercise(Trial trial) throws IOException {
    var alive = trial.fleet().alive();
    var clients = trial.connectAll();
    for (int i = 0; i < clients.size(); i++) {
      for (int n = 0; n < WRITES; n++) {
        var key = nextKey(trial);
        var value = Bytes.utf8(key + " value");
        var doing = "set " + key + " on server " + alive.get(i).id();
        ledger.stored(key, Trial.expectStored(doing, clients.get(i).set(key, 0, value)), value);
      }
    }
    for (int i = 0; i < clients.size(); i++) {
      ledger.check(clients.get(i), "server " + alive.get(i).id());
    }
    for (int n = 0; n < CONTESTS; n++) {
      ConflictScenarios.contest(nextKey(trial), "contest " + n, clients);
    }
    clients.forEach(KvClient::close);
  }

  private void noMajority(Trial trial) throws IOException {
    requireKilling(trial);
    var fleet = trial.fleet();
    exercise(trial);
    var victims = victims(fleet, fleet.all().get(1), fleet.dispensable() + 1);
    var survivors = new ArrayList<>(fleet.alive());
    survivors.removeAll(victims);
    var patience = trial.options().patience();
    for (var server : survivors) {
      var client = KvClient.connect(server.hostname(), server.clientPort(), patience);
      waiting.add(new Write(server, client, nextKey(trial)));
    }
    for (var victim : victims) {
      fleet.kill(victim);
    }
    for (var write : waiting) {
      write.client.send(
          Requests.join(Requests.set(write.key, 0, write.value()), Requests.get(write.key)));
    }
    expectSilence(trial, victims);
  }

  private void expectSilence(Trial trial, List<ServerConfig> victims) throws IOException {
    var silence = trial.options().silence();
    for (int i = 0; i < waiting.size(); i++) {
      var heard = waiting.get(i).client.overheard(i == 0 ? silence : ALREADY_THERE);
      if (heard.isPresent() && victims.stream().anyMatch(Fleet::accepts)) {
        trial.fleet().reviveAll();
        throw new Trial.Skipped("a server that was killed is already back: something restarts it");
      }
      Trial.check(
          heard.isEmpty(),
          "with no majority, from server %d came %s"
              .formatted(waiting.get(i).server.id(), heard.orElse("nothing")));
    }
    trial.say(
        "%d of %d servers say nothing for %d s"
            .formatted(waiting.size(), trial.fleet().all().size(), silence.toSeconds()));
  }

  private void majority(Trial trial) throws IOException {
    requireKilling(trial);
    var fleet = trial.fleet();
    if (fleet.dead().size() <= fleet.dispensable()) {
      throw new Trial.Skipped("there was a majority all the time");
    }
    if (!fleet.revive(fleet.dead().get(0))) {
      throw new Trial.Skipped("nothing starts servers again: give --start-command");
    }
    for (var write : waiting) {
      settle(write);
      write.client.close();
    }
    exercise(trial);
    trial.say(
        "with %d of %d servers there are answers"
            .formatted(fleet.alive().size(), fleet.all().size()));
    Trial.check(fleet.reviveAll(), "not all servers came back");
    exercise(trial);
  }

  /** A request that waited may have been given up; if it was answered, the answer must be right. */
  private void settle(Write write) throws IOException {
    var stored = write.client.receive();
    var read = write.client.receive();
    if (!stored.isUnknown()) {
      var doing = "a set that waited for the majority";
      ledger.stored(write.key, Trial.expectStored(doing, stored), write.value());
    }
    if (!stored.isUnknown() && !read.isUnknown()) {
      Trial.expectValue("a get that waited for the majority", write.value(), read);
    }
  }

  private static void requireKilling(Trial trial) {
    var reason = trial.fleet().whyNotKill();
    if (!reason.isEmpty()) {
      throw new Trial.Skipped(reason);
    }
  }
}
