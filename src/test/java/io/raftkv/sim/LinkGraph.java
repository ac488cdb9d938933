package io.raftkv.sim;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which links of five servers are up, in both directions.
 *
 * @param up one bit for each link, in the order 0-1, 0-2, 0-3, 0-4, 1-2, and so on to 3-4
 */
record LinkGraph(int up) {
  static final int SERVERS = 5;

  private static final List<Link> LINKS =
      IntStream.range(0, SERVERS)
          .boxed()
          .flatMap(a -> IntStream.range(a + 1, SERVERS).mapToObj(b -> new Link(a, b)))
          .toList();

  /** The link between two servers. */
  record Link(int a, int b) {
    Link {
      if (a >= b) {
        throw new IllegalArgumentException(a + " must be below " + b);
      }
    }

    static Link between(int one, int other) {
      return new Link(Math.min(one, other), Math.max(one, other));
    }

    /** The same link with {@code server} in the place of server 0, and so on around. */
    Link turnedTo(int server) {
      return between((a + server) % SERVERS, (b + server) % SERVERS);
    }

    @Override
    public String toString() {
      return a + "-" + b;
    }
  }

  /** All graphs there are, from no link at all to every link. */
  static List<LinkGraph> all() {
    return IntStream.range(0, 1 << LINKS.size()).mapToObj(LinkGraph::new).toList();
  }

  static LinkGraph of(Link... links) {
    var graph = new LinkGraph(0);
    for (var link : links) {
      graph = graph.with(link);
    }
    return graph;
  }

  LinkGraph with(Link link) {
    return new LinkGraph(up | 1 << LINKS.indexOf(link));
  }

  /** All links of a whole cluster. */
  static List<Link> everyLink() {
    return LINKS;
  }

  boolean has(Link link) {
    return (up >> LINKS.indexOf(link) & 1) == 1;
  }

  /** Whom this server reaches, itself not among them. */
  List<Integer> neighbours(int server) {
    return IntStream.range(0, SERVERS)
        .filter(other -> other != server && has(Link.between(server, other)))
        .boxed()
        .toList();
  }

  /** Whether this server and those it reaches are a majority. */
  boolean reachesMajority(int server) {
    return neighbours(server).size() + 1 > SERVERS / 2;
  }

  /** Whether any server reaches a majority. */
  boolean hasMajority() {
    return IntStream.range(0, SERVERS).anyMatch(this::reachesMajority);
  }

  /** The same graph with {@code server} in the place of server 0, and so on around. */
  LinkGraph turnedTo(int server) {
    return of(
        LINKS.stream().filter(this::has).map(link -> link.turnedTo(server)).toArray(Link[]::new));
  }

  @Override
  public String toString() {
    return LINKS.stream()
        .filter(this::has)
        .map(Link::toString)
        .collect(Collectors.joining(" ", "{", "}"));
  }
}
