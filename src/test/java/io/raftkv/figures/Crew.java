package io.raftkv.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The servers of a cluster that are its members, and the one that is not. */
final class Crew {
  private final RealCluster cluster;
  private final List<Integer> members = new ArrayList<>();
  private int outsider;

  /** All servers of a cluster that is formed; one more is named, and not started. */
  Crew(RealCluster cluster) throws IOException {
    this.cluster = cluster;
    cluster.servers().forEach(server -> members.add(server.id()));
    outsider = cluster.addServer();
  }

  RealCluster cluster() {
    return cluster;
  }

  List<Integer> members() {
    return List.copyOf(members);
  }

  /** The server that is no member; its folder is empty whenever it is started. */
  int outsider() {
    return outsider;
  }

  int anyMember(Random random) {
    return members.get(random.nextInt(members.size()));
  }

  /** The outsider is a member now, in the place of another, whose data are of no more use. */
  void replaced(int old) throws IOException {
    members.remove(Integer.valueOf(old));
    members.add(outsider);
    outsider = old;
    cluster.kill(old);
    delete(cluster.data(old));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      for (var file : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
