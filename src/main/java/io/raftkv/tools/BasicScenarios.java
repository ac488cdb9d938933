package io.raftkv.tools;

import io.raftkv.base.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What each command does, through any server. */
final class BasicScenarios {
  private static final int READ_ROUNDS = 200;
  private static final int PIPELINED = 1000;

  private BasicScenarios() {}

  static List<Scenario> all() {
    return List.of(
        new Scenario("what one server stored every server returns", BasicScenarios::setAndGet),
        new Scenario("a read sees the write before it, whichever servers", BasicScenarios::fresh),
        new Scenario("getm gives version and exptime", BasicScenarios::getm),
        new Scenario("cas wants the version that the key has", BasicScenarios::cas),
        new Scenario("what was deleted is gone everywhere", BasicScenarios::delete),
        new Scenario("versions grow and are the same on every server", BasicScenarios::versions),
        new Scenario("pipelined requests are answered in their order", BasicScenarios::pipeline),
        new Scenario("a request may come byte by byte", BasicScenarios::byteByByte),
        new Scenario("a client that stops sending gets its replies", BasicScenarios::halfClose));
  }

  private static void setAndGet(Trial trial) throws IOException {
    var clients = trial.connectAll();
    for (int i = 0; i < clients.size(); i++) {
      var key = trial.key("basic-" + i);
      var value = Bytes.utf8("value " + i);
      Trial.expect("get " + key + " before its set", "ERR_NOT_FOUND", clients.get(i).get(key));
      Trial.expectStored("set " + key, clients.get(i).set(key, 0, value));
      for (var client : clients) {
        Trial.expectValue("get " + key, value, client.get(key));
      }
    }
  }

  private static void fresh(Trial trial) throws IOException {
    var clients = trial.connectAll();
    var key = trial.key("fresh");
    for (int round = 0; round < READ_ROUNDS; round++) {
      var value = Bytes.utf8("round " + round);
      var writer = clients.get(round % clients.size());
      var reader = clients.get((round / clients.size() + round + 1) % clients.size());
      Trial.expectStored("set " + key, writer.set(key, 0, value));
      Trial.expectValue("get " + key + " right after its set", value, reader.get(key));
    }
  }

  private static void getm(Trial trial) throws IOException {
    var client = trial.connectInTurn(1);
    var key = trial.key("meta");
    var value = Bytes.utf8("meta");
    for (int exptime : new int[] {0, 1000, Integer.MAX_VALUE}) {
      long version = Trial.expectStored("set " + key, client.set(key, exptime, value));
      var expected = new Answer("VALUE " + version + " " + exptime + " 4", value);
      Trial.expect("getm " + key, expected, client.getm(key));
    }
  }

  private static void cas(Trial trial) throws IOException {
    var client = trial.connectInTurn(2);
    var other = trial.connectInTurn(3);
    var key = trial.key("cas");
    Trial.expect("cas of an absent key", "ERR_NOT_FOUND", client.cas(key, 0, 1, bytes("x")));
    long first = Trial.expectStored("set " + key, client.set(key, 0, bytes("first")));
    for (long wrong : new long[] {0, first - 1, first + 1, Long.MAX_VALUE}) {
      var doing = "cas with version " + wrong + " of a key at version " + first;
      Trial.expect(doing, "ERR_VERSION", other.cas(key, 0, wrong, bytes("wrong")));
    }
    Trial.expectValue("get after cas that failed", bytes("first"), client.get(key));
    long second =
        Trial.expectStored("cas with the version", other.cas(key, 7, first, bytes("next")));
    Trial.check(second > first, "cas gave version " + second + " after " + first);
    Trial.expect(
        "getm after cas", new Answer("VALUE " + second + " 7 4", bytes("next")), client.getm(key));
    Trial.expect("the same cas again", "ERR_VERSION", client.cas(key, 0, first, bytes("again")));
  }

  private static void delete(Trial trial) throws IOException {
    var clients = trial.connectAll();
    var key = trial.key("delete");
    for (var client : clients) {
      long version = Trial.expectStored("set " + key, client.set(key, 0, bytes("here")));
      Trial.expect("delete " + key, "DELETED", client.delete(key));
      for (var reader : clients) {
        Trial.expect("get after delete", "ERR_NOT_FOUND", reader.get(key));
        Trial.expect("getm after delete", "ERR_NOT_FOUND", reader.getm(key));
      }
      Trial.expect("delete again", "ERR_NOT_FOUND", client.delete(key));
      var late = client.cas(key, 0, version, bytes("late"));
      Trial.expect("cas after delete", "ERR_NOT_FOUND", late);
    }
  }

  private static void versions(Trial trial) throws IOException {
    var clients = trial.connectAll();
    long last = 0;
    for (int i = 0; i < 4 * clients.size(); i++) {
      var key = trial.key("version-" + i % 3);
      var writer = clients.get(i % clients.size());
      if (i % 4 == 3) {
        writer.delete(key);
      }
      long version = Trial.expectStored("set " + key, writer.set(key, 0, bytes("v" + i)));
      Trial.check(version > last, "set gave version " + version + " after " + last);
      last = version;
      var expected = writer.getm(key);
      Trial.check(
          expected.version() == version,
          "set gave version " + version + ", then getm said " + expected);
      for (var reader : clients) {
        Trial.expect("getm " + key + " on another server", expected, reader.getm(key));
      }
    }
  }

  private static void pipeline(Trial trial) throws IOException {
    var client = trial.connectInTurn(4);
    var requests = new ArrayList<Bytes>();
    for (int i = 0; i < PIPELINED; i++) {
      var key = trial.key("pipe-" + i % 10);
      requests.add(Requests.set(key, 0, bytes("p" + i)));
      requests.add(Requests.get(key));
    }
    client.send(Requests.join(requests.toArray(Bytes[]::new)));
    long last = 0;
    for (int i = 0; i < PIPELINED; i++) {
      long version = Trial.expectStored("pipelined set " + i, client.receive());
      Trial.check(version > last, "pipelined set gave version " + version + " after " + last);
      last = version;
      Trial.expectValue("pipelined get " + i, bytes("p" + i), client.receive());
    }
  }

  private static void byteByByte(Trial trial) throws IOException {
    var client = trial.connectInTurn(0);
    var key = trial.key("bytewise");
    var request = Requests.set(key, 0, bytes("one\r\nby one"));
    for (int i = 0; i < request.length(); i++) {
      client.send(request.slice(i, 1));
    }
    Trial.expectStored("a set that came byte by byte", client.receive());
    Trial.expectValue("get " + key, bytes("one\r\nby one"), client.get(key));
  }

  private static void halfClose(Trial trial) throws IOException {
    var client = trial.connectInTurn(1);
    var key = trial.key("half");
    client.send(Requests.join(Requests.set(key, 0, bytes("half")), Requests.get(key)));
    client.shutdownOutput();
    Trial.expectStored("set before the end of sending", client.receive());
    Trial.expectValue("get before the end of sending", bytes("half"), client.receive());
    var end = client.overheard(trial.options().patience());
    Trial.check(
        end.filter(heard -> heard.startsWith("the end")).isPresent(),
        "behind the last reply the server must close, but there came " + end.orElse("nothing"));
  }

  private static Bytes bytes(String text) {
    return Bytes.utf8(text);
  }
}
