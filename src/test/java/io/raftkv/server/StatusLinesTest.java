package io.raftkv.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusLinesTest {
  private final Noted noted = new Noted(new LinkedBlockingQueue<>());

  @Test
  void theLauncherReadsWhatTheServerWrites() {
    var out = new ByteArrayOutputStream();
    var writer = StatusLines.writer(new PrintStream(out, false, UTF_8));

    writer.leaderChanged(-1, 0);
    writer.leaderChanged(3, 1L << 40);
    writer.waiting("no answer from 3, 4");
    writer.serving();
    out.toString(UTF_8)
        .lines()
        .filter(line -> !line.isEmpty())
        .forEach(line -> assertTrue(StatusLines.read(line, noted), line));

    assertEquals(
        List.of("leader -1 0", "leader 3 1099511627776", "waiting no answer from 3, 4", "serving"),
        List.copyOf(noted.events));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serving", "::leader ", "::leader 3", "::leader x 1", "::leader 3 y"})
  void anythingElseIsForPeople(String line) {
    assertFalse(StatusLines.read(line, noted));
    assertTrue(noted.events.isEmpty());
  }

  @Test
  void thePipeGivesTheSettingsThenTheWordThenItsEnd() throws InterruptedException {
    var pipe = new LauncherPipe(new ByteArrayInputStream("{}\nhello\nstop\nst".getBytes(UTF_8)));

    var settings = pipe.readLine();
    pipe.watch(() -> noted.events.add("stop"), () -> noted.events.add("end"));

    assertEquals("{}", new String(settings, UTF_8));
    assertEquals("stop", noted.events.poll(10, TimeUnit.SECONDS));
    assertEquals("end", noted.events.poll(10, TimeUnit.SECONDS));
  }

  /** What was heard, in words. */
  private record Noted(LinkedBlockingQueue<String> events) implements ServerListener {
    @Override
    public void serving() {
      events.add("serving");
    }

    @Override
    public void leaderChanged(int leader, long term) {
      events.add("leader " + leader + " " + term);
    }

    @Override
    public void waiting(String reason) {
      events.add("waiting " + reason);
    }

    @Override
    public void failed(Failure failure) {
      events.add("failed " + failure.getMessage());
    }
  }
}
