package io.raftkv.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.raftkv.config.ServerConfig;
import io.raftkv.raft.RaftNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a server that was started by hand says to whoever sits at the terminal. */
class NarratorTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ServerMain.Narrator narrator =
      new ServerMain.Narrator(
          new ServerConfig(2, "localhost", 8002, 9002), new PrintStream(bytes, true, UTF_8));

  @Test
  void thatNobodyLeadsIsSaidOnceAndALeaderThatComesBackIsNamedAgain() {
    narrator.serving();
    narrator.leaderChanged(1, 3);
    narrator.leaderChanged(RaftNode.NOBODY, 4);
    narrator.waiting("no leader: server 2 waits for a majority of the servers");
    narrator.leaderChanged(1, 5);
    narrator.leaderChanged(1, 6);

    assertEquals(
        List.of(
            "server 2 serves clients on localhost:8002",
            "server 1 leads in term 3",
            "no leader: server 2 waits for a majority of the servers",
            "server 1 leads in term 5"),
        bytes.toString(UTF_8).lines().toList());
  }
}
