package io.raftkv.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.config.ConfigLoader;
import io.raftkv.testing.FileCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that come and go, by the command line, in a cluster of real servers. */
class MemberTest {
  @TempDir Path folder;

  private FileCluster cluster;
  private Path fileOfThree = Path.of("");
  private Path fileOfFour = Path.of("");

  @BeforeEach
  void startThree() throws IOException {
    cluster = new FileCluster(folder, 4);
    fileOfThree = cluster.file(3, "data");
    fileOfFour = cluster.file(4, "data");
    cluster.startAll(3, fileOfThree);
  }

  @AfterEach
  void stopAll() {
    cluster.close();
  }

  private static String member(int status, Path file, String... words) {
    var args = new ArrayList<>(List.of(words));
    args.addAll(List.of("--config", file.toString()));
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int ended = Member.run(args, out, out);
    var text = bytes.toString(StandardCharsets.UTF_8);
    assertEquals(status, ended, text);
    return text;
  }

  @Test
  void aServerIsAddedPromotedAndTakesThePlaceOfAnother() throws Exception {
    assertTrue(cluster.ask(0, "set a 0 1\r\n1\r\n").startsWith("OK "));
    cluster.start(3, fileOfFour);
    cluster.awaitSaid(3, "add it with ./run.sh member add 3");

    member(0, fileOfFour, "replace", "0", "3");

    cluster.awaitServing(3);
    var list = member(0, fileOfFour, "list");
    assertTrue(list.contains("server 3  ") && !list.contains("server 0  "), list);
    assertEquals("VALUE 1 1", cluster.ask(3, "get a\r\n"));
    cluster.stop(0);
    cluster.stop(1);
    assertTrue(
        cluster.ask(3, "set a 0 1\r\n2\r\n").startsWith("OK "), "two of three are a majority");
    assertEquals("VALUE 1 2", cluster.ask(2, "get a\r\n"));
  }

  @Test
  void theClustersMembersCountAfterARestartWhateverTheFilesSay() throws Exception {
    cluster.start(3, fileOfFour);
    member(0, fileOfFour, "add", "3");
    cluster.awaitServing(3);
    assertTrue(Waiting.until(Duration.ofSeconds(30), () -> isPromoted(3)));
    for (int id = 0; id < 4; id++) {
      cluster.stop(id);
    }
    IntStream.range(0, 3).forEach(id -> cluster.start(id, fileOfThree));
    cluster.start(3, fileOfFour);
    IntStream.range(0, 4).forEach(cluster::awaitServing);

    assertTrue(member(0, fileOfFour, "list").contains("server 3  "));
    cluster.awaitSaid(0, "the cluster has the members [0, 1, 2, 3]");
    assertTrue(cluster.ask(3, "set a 0 1\r\n2\r\n").startsWith("OK "));
  }

  /** The leader hears a moment later that the server has caught up. */
  private boolean isPromoted(int id) {
    var args = List.of("promote", "" + id, "--config", fileOfFour.toString());
    var unread = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return Member.run(args, unread, unread) == 0;
  }

  @Test
  void ofAServerThatDoesNotAnswerNothingIsClaimedThatIsNotKnown() throws Exception {
    cluster.stop(0);
    assertTrue(cluster.ask(1, "set a 0 1\r\n1\r\n").startsWith("OK "));

    var list = member(0, fileOfThree, "list");

    var line = list.lines().filter(each -> each.startsWith("server 0  ")).findFirst().orElseThrow();
    assertTrue(line.startsWith("server 0  voter, does not answer"), list);
    assertFalse(line.contains("holds entry 0 "), list);
    assertTrue(list.lines().anyMatch(each -> each.matches("server [12]  leader, holds .*")), list);
  }

  @Test
  void whereNobodyAnswersItIsSaidWhatToDo() {
    IntStream.range(0, 3).forEach(cluster::stop);

    assertTrue(
        member(1, fileOfThree, "list")
            .contains("no server answers; start the servers, or name their file with --config"));
  }

  @Test
  void whatCannotBeDoneIsRefusedWithAReason() {
    assertTrue(member(1, fileOfThree, "remove", "9").contains("server 9 is not a member"));
    assertTrue(member(1, fileOfThree, "add", "1").contains("is a member already"));
    assertTrue(member(1, fileOfFour, "promote", "3").contains("is not a member"));
    assertTrue(member(2, fileOfThree, "add").startsWith("add needs the id of a server; see"));
    assertTrue(member(2, fileOfThree, "replace", "1").startsWith("replace needs two ids: "));
    assertTrue(
        member(2, fileOfThree, "remove", "2147483648")
            .startsWith("remove: ID is \"2147483648\", wanted a number from 0 to 2147483647; see"));
    assertTrue(member(2, fileOfThree, "list", "5").startsWith("list takes no more words: 5; see"));
    assertTrue(member(2, fileOfThree, "upgrade").contains("unknown word upgrade"));
  }

  @Test
  void aStoreThatIsLimitedRefusesToGrowAndGoesOnServing() throws Exception {
    member(0, fileOfThree, "limit", "400");

    assertTrue(cluster.ask(1, "set a 0 10\r\n0123456789\r\n").startsWith("OK "));
    assertEquals("ERR_INTERNAL", cluster.ask(2, "set b 0 100\r\n" + "x".repeat(100) + "\r\n"));
    assertEquals("VALUE 10 0123456789", cluster.ask(0, "get a\r\n"));
    assertTrue(member(0, fileOfThree, "list").contains("the store holds 251 bytes of 400 bytes"));
    assertEquals("DELETED", cluster.ask(2, "delete a\r\n"));
  }

  @Test
  void aLimitThatAServersHeapCannotHoldIsRefused() throws Exception {
    var text = member(1, fileOfThree, "limit", String.valueOf(1L << 50));

    assertTrue(text.startsWith("refused: the heap of server 0 is enough for "), text);
    assertTrue(member(0, fileOfThree, "list").contains("the store holds 0 bytes of "));
  }

  /** Its own log says nothing of the limit that was lowered while it was down. */
  @Test
  void aServerWhoseLogHoldsALimitThatWasTooHighStartsOnceItIsLowered() throws Exception {
    new Operator(ConfigLoader.load(fileOfThree)).ask("bound " + (1L << 50));
    assertTrue(cluster.ask(2, "set a 0 1\r\n1\r\n").startsWith("OK "), "it has the limit, too");
    cluster.stop(2);
    cluster.start(2, fileOfThree);
    cluster.awaitSaid(2, "too small for the 1073741824 MiB");
    cluster.stop(2);

    member(0, fileOfThree, "limit", "1000000");
    cluster.start(2, fileOfThree);

    cluster.awaitServing(2);
  }

  @Test
  void aServerThatTheFileDoesNotNameIsNotAdded() {
    assertTrue(member(2, fileOfThree, "add", "3").contains("the file names no server 3"));
    assertTrue(member(2, fileOfThree, "replace", "0", "3").contains("the file names no server 3"));
  }

  @Test
  void ofAServerThatIsAddedAndDoesNotRunItIsSaid() {
    var text = member(0, fileOfFour, "add", "3");

    assertTrue(text.contains("server 3 does not answer"), text);
    assertTrue(text.contains("take it back with ./run.sh member remove 3"), text);
  }

  @Test
  void noServerTakesItsOwnPlace() {
    var text = member(2, fileOfThree, "replace", "1", "1");

    assertTrue(text.contains("cannot take its own place"), text);
    assertTrue(member(0, fileOfThree, "list").contains("server 1  "));
  }
}
