package io.raftkv.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.sim.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether what finds bugs would find some; {@link Mutants} hunts them all. */
class MutantsTest {
  private static final Duration BUDGET = Duration.ofSeconds(20);
  private static final MutantCompiler COMPILER = new MutantCompiler();

  @AfterAll
  static void close() throws IOException {
    COMPILER.close();
  }

  @Test
  void everyMutantFitsTodaysSourceAndCompiles() throws Exception {
    var mutants = Mutant.all();
    assertFalse(mutants.isEmpty());

    for (var mutant : mutants) {
      COMPILER.load(mutant);

      assertFalse(mutant.what().isEmpty(), mutant.name());
      assertFalse(mutant.foundBy().isEmpty(), mutant.name());
      assertFalse(mutant.edits().isEmpty(), mutant.name());
    }
  }

  @Test
  void theDocumentationSaysHowManyThereAreAndHowManyMarks() throws Exception {
    var text = Files.readString(Path.of("docs/simulation.md"));

    assertTrue(text.contains("holds " + Mutant.all().size() + " bugs"));
    assertTrue(text.contains("its " + Mark.values().length + " *marks*"));
  }

  @Test
  void aMutantWhosePlaceIsGoneIsNoticed() {
    var edit = new Mutant.Edit("raft/Leader.java", "no such text", "");

    var mutant = new Mutant("gone", "none", "none", Optional.empty(), List.of(edit));

    assertThrows(IllegalStateException.class, mutant::sources);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acknowledges-before-durable",
        "applies-at-its-own-time",
        "batch-not-forced",
        "log-tail-not-run-ahead",
        "pre-votes-count",
        "quorum-one-short",
        "votes-twice"
      })
  void aMutantIsFoundWhereTheRealCodeIsFaultless(String name) throws Exception {
    var mutant = Mutant.of(name);

    var find = new Hunt(COMPILER.load(mutant), mutant.foundBy()).run(BUDGET);

    assertTrue(find.isKill(), name + " survived " + find.seed() + " seeds");
    var realCode = new Hunt(MutantLoader.ofRealCode(), mutant.foundBy());
    for (long seed = 1; seed <= find.seed(); seed++) {
      assertEquals("", realCode.seed(seed), "seed " + seed);
    }
  }

  /** As tests, they pass on the real code. */
  @Test
  void everyScriptIsATest() throws Exception {
    for (var mutant : Mutant.all()) {
      if (mutant.foundBy().startsWith("script ")) {
        var names = mutant.foundBy().substring("script ".length()).split("#");

        var method = Class.forName("io.raftkv." + names[0]).getDeclaredMethod(names[1]);

        assertTrue(method.isAnnotationPresent(Test.class), mutant.name());
      }
    }
  }
}
