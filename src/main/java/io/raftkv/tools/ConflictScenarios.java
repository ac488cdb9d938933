package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients that want the same key at the same time, through different servers. */
final class ConflictScenarios {
  private static final int CAS_ROUNDS = 100;
  private static final int COUNTER_ROUNDS = 50;
  private static final int CLIENTS = 10;

  private ConflictScenarios() {}

  static List<Scenario> all() {
    return List.of(
        new Scenario("of conflicting cas exactly one wins", ConflictScenarios::oneWinner),
        new Scenario("a counter moved by cas loses nothing", ConflictScenarios::counter),
        new Scenario("of conflicting deletes exactly one succeeds", ConflictScenarios::deletes));
  }

  private static void oneWinner(Trial trial) throws IOException {
    var clients = crowd(trial);
    for (int round = 0; round < CAS_ROUNDS; round++) {
      contest(trial.key("conflict"), "round " + round, clients);
    }
    trial.say(CAS_ROUNDS + " rounds of " + clients.size() + " connections");
  }

  /** One round: everybody tries to replace the same version, and exactly one may. */
  static void contest(String key, String name, List<KvClient> clients) throws IOException {
    var first = clients.get(0).set(key, 0, Bytes.utf8(name));
    long version = Trial.expectStored("set " + key, first);
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).send(Requests.cas(key, 0, version, claim(name, i)));
    }
    var winners = new ArrayList<Integer>();
    long won = 0;
    for (int i = 0; i < clients.size(); i++) {
      var answer = clients.get(i).receive();
      if (answer.isOk()) {
        winners.add(i);
        won = answer.version();
      } else {
        Trial.expect("cas that lost", "ERR_VERSION", answer);
      }
    }
    Trial.check(
        winners.size() == 1, name + ": " + winners.size() + " of the conflicting cas succeeded");
    var value = claim(name, winners.get(0));
    Trial.expect(
        "getm after " + name,
        new Answer("VALUE " + won + " 0 " + value.length(), value),
        clients.get(winners.get(0) / 2).getm(key));
  }

  private static void counter(Trial trial) throws IOException {
    var clients = crowd(trial);
    var key = trial.key("counter");
    Trial.expectStored("set " + key, clients.get(0).set(key, 0, Bytes.utf8("0")));
    int successes = 0;
    for (int round = 0; round < COUNTER_ROUNDS; round++) {
      for (var client : clients) {
        client.send(Requests.getm(key));
      }
      for (var client : clients) {
        var seen = client.receive();
        Trial.check(seen.isValue(), "getm of the counter: got " + seen);
        long next = Decimal.parse(text(seen.value())) + 1;
        client.send(Requests.cas(key, 0, seen.version(), Bytes.utf8(Long.toString(next))));
      }
      for (var client : clients) {
        successes += client.receive().isOk() ? 1 : 0;
      }
    }
    Trial.expectValue(
        "the counter after " + successes + " successful cas",
        Bytes.utf8(Integer.toString(successes)),
        clients.get(1).get(key));
    trial.say("the counter reached " + successes);
  }

  private static void deletes(Trial trial) throws IOException {
    var clients = crowd(trial);
    var key = trial.key("deletes");
    for (int round = 0; round < CAS_ROUNDS / 5; round++) {
      Trial.expectStored("set " + key, clients.get(round % CLIENTS).set(key, 0, Bytes.EMPTY));
      for (var client : clients) {
        client.send(Requests.delete(key));
      }
      int deleted = 0;
      for (var client : clients) {
        var answer = client.receive();
        if (answer.line().equals("DELETED")) {
          deleted++;
        } else {
          Trial.expect("delete that came second", "ERR_NOT_FOUND", answer);
        }
      }
      Trial.check(deleted == 1, deleted + " of the conflicting deletes succeeded");
    }
  }

  private static List<KvClient> crowd(Trial trial) throws IOException {
    var clients = new ArrayList<KvClient>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(trial.connectInTurn(i));
    }
    return clients;
  }

  private static Bytes claim(String name, int client) {
    return Bytes.utf8(name + " won by " + client);
  }

  private static String text(Bytes value) {
    return new String(value.toArray(), StandardCharsets.US_ASCII);
  }
}
