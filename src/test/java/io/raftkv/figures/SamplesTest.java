package io.raftkv.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void percentilesAreNumbersThatCame() {
    var samples = new Samples();
    for (long value : new long[] {40, 10, 30, 20}) {
      samples.add(value);
    }

    assertEquals(10, samples.percentile(0));
    assertEquals(20, samples.percentile(0.5));
    assertEquals(40, samples.percentile(0.99));
    assertEquals(40, samples.percentile(1));
    assertEquals(30, samples.percentile(1, 1, 3));
  }

  @Test
  void theLongestGapCountsTheEdges() {
    var samples = new Samples();
    for (long value : new long[] {10, 20, 50, 55}) {
      samples.add(value);
    }

    assertEquals(30, samples.longestGap(10, 60));
    assertEquals(45, samples.longestGap(10, 100));
    assertEquals(40, samples.longestGap(56, 96));
    assertEquals(2, samples.indexOf(21));
  }
}
