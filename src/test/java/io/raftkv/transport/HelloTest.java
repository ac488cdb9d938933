package io.raftkv.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.bus.Identity;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelloTest {
  private static final Roster MEMBERS = new Roster(List.of(0, 1, 2), 9_000);
  private static final Identity FORMING = new Identity(1, 11, 0);
  private static final Identity SELF = new Identity(1, 11, 7);

  private static Hello from(int id, int to, long cluster, Roster members) {
    return Hello.of(new Identity(id, 100 + id, cluster), to, members, 5);
  }

  private static void refused(Hello hello, String why) {
    var objection = hello.objection(SELF, MEMBERS).orElse("none");
    assertTrue(objection.contains(why), objection);
  }

  @Test
  void aPeerOfTheSameClusterIsWelcome() {
    assertTrue(from(0, 1, 7, MEMBERS).objection(SELF, MEMBERS).isEmpty());
    assertTrue(from(0, Hello.ANYBODY, 7, MEMBERS).objection(SELF, MEMBERS).isEmpty());
  }

  @Test
  void aPeerThatKnowsNoClusterIsWelcome() {
    assertTrue(from(0, 1, 0, MEMBERS).objection(SELF, MEMBERS).isEmpty());
  }

  @Test
  void theOrderOfIdsInTheFileDoesNotMatter() {
    assertTrue(
        from(0, 1, 7, new Roster(List.of(2, 0, 1), 9_000)).objection(SELF, MEMBERS).isEmpty());
  }

  @Test
  void whoeverIsNoPeerIsRefused() {
    refused(from(1, 1, 7, MEMBERS), "no peer of this one");
    refused(from(Hello.OPERATOR, 1, 7, MEMBERS), "no peer of this one");
    var stranger = from(9, 1, 0, MEMBERS).objection(FORMING, MEMBERS).orElse("none");
    assertTrue(stranger.contains("no peer of this one"), stranger);
  }

  @Test
  void whoeverLooksForAnotherServerIsRefused() {
    refused(from(0, 2, 7, MEMBERS), "looks for server 2");
  }

  @Test
  void anotherClusterIsRefused() {
    refused(from(0, 1, 8, MEMBERS), "another cluster");
  }

  @Test
  void whileNoClusterIsFormedOtherMembersAreRefused() {
    var other = new Roster(List.of(0, 1, 2, 3), 9_000);
    var objection = from(0, 1, 0, other).objection(FORMING, MEMBERS).orElse("none");
    assertTrue(objection.contains("other server ids"), objection);
  }

  /** It may be a member that this server's file does not name, or on its way to be one. */
  @Test
  void aServerThatTheFileDoesNotNameIsWelcomeOnceAClusterIsFormed() {
    var other = new Roster(List.of(0, 1, 2, 9), 9_000);
    assertTrue(from(9, 1, 7, other).objection(SELF, MEMBERS).isEmpty());
    assertTrue(from(9, 1, 0, other).objection(SELF, MEMBERS).isEmpty());
    assertTrue(from(9, 1, 7, other).objection(FORMING, MEMBERS).isEmpty());
  }

  @Test
  void aHelloComesBackAsItWas() throws WireException {
    var hello = from(0, 1, 7, MEMBERS);
    var decoder = new FrameDecoder(Hello.BYTES_MAX);
    decoder.add(hello.frame(Frame.Type.HELLO));

    var frame = decoder.next().orElseThrow();

    assertEquals(Frame.Type.HELLO, frame.type());
    assertEquals(hello, Hello.decode(frame.payload()));
  }
}
