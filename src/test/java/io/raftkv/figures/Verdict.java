package io.raftkv.figures;

import io.raftkv.config.ServerConfig;
import io.raftkv.tools.KvClient;
import io.raftkv.tools.Requests;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads back all that was written, and judges it. */
final class Verdict {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BATCH = 500;

  private Verdict() {}

  /** What is wrong with the final state of {@code chains}, as this server tells it. */
  static List<String> of(List<Chain> chains, ServerConfig server) throws IOException {
    var complaints = new ArrayList<String>();
    try (var client = KvClient.connect(server.hostname(), server.clientPort(), PATIENCE)) {
      for (int from = 0; from < chains.size(); from += BATCH) {
        var batch = chains.subList(from, Math.min(chains.size(), from + BATCH));
        for (var chain : batch) {
          client.send(Requests.getm(chain.key()));
        }
        for (var chain : batch) {
          chain.judge(client.receive()).ifPresent(complaints::add);
        }
      }
    }
    return complaints;
  }
}
