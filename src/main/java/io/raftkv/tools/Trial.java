package io.raftkv.tools;

import io.raftkv.base.Bytes;
import io.raftkv.config.ServerConfig;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What one {@link Scenario} may use: servers, connections, keys of its own, and judgement. */
final class Trial implements Closeable {
  private final Fleet fleet;
  private final TesterOptions options;
  private final Journal journal;
  private final Keys keys;
  private final List<KvClient> clients = new ArrayList<>();

  Trial(Fleet fleet, TesterOptions options, Journal journal, Keys keys) {
    this.fleet = fleet;
    this.options = options;
    this.journal = journal;
    this.keys = keys;
  }

  /** Says that what must hold does not. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Failed(String reason) {
      super(reason);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  /** Says that it could not be tried, and why. */
  static final class Skipped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Skipped(String reason) {
      super(reason);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  Fleet fleet() {
    return fleet;
  }

  TesterOptions options() {
    return options;
  }

  void say(String line) {
    journal.detail(line);
  }

  /** A key that nobody else uses; the same name gives the same key within one run. */
  String key(String name) {
    return keys.key(name);
  }

  /** A connection that lasts until the end of the scenario. */
  KvClient connect(ServerConfig server) throws IOException {
    var client = KvClient.connect(server.hostname(), server.clientPort(), options.patience());
    clients.add(client);
    return client;
  }

  /** One connection to each server that is alive, in the order of the configuration. */
  List<KvClient> connectAll() throws IOException {
    var all = new ArrayList<KvClient>();
    for (var server : fleet.alive()) {
      all.add(connect(server));
    }
    return all;
  }

  /** A connection to the server at {@code turn} of those alive, counted round and round. */
  KvClient connectInTurn(int turn) throws IOException {
    var alive = fleet.alive();
    return connect(alive.get(turn % alive.size()));
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new Failed(otherwise);
    }
  }

  /** The reply must be this line, and no value. */
  static void expect(String doing, String line, Answer answer) {
    expect(doing, Answer.of(line), answer);
  }

  /** The reply must be that of a {@code get} that found {@code value}. */
  static void expectValue(String doing, Bytes value, Answer answer) {
    expect(doing, new Answer("VALUE " + value.length(), value), answer);
  }

  /** The reply must be this one. */
  static void expect(String doing, Answer expected, Answer answer) {
    check(answer.equals(expected), doing + ": expected " + expected + ", got " + answer);
  }

  /** The reply must be that of an update that took place; returns its version. */
  static long expectStored(String doing, Answer answer) {
    check(answer.isOk() && answer.version() > 0, doing + ": expected OK <version>, got " + answer);
    return answer.version();
  }

  @Override
  public void close() {
    clients.forEach(KvClient::close);
  }
}
