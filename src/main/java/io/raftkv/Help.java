package io.raftkv;

import java.util.Optional;

/** What the command line says about itself. */
final class Help {
  static final String ALL =
      """
      raftkv: a replicated key-value store.

        ./run.sh [launch] [options]    starts every server of config.json that is on this machine
        ./run.sh server --id N         starts one server
        ./run.sh member list|add|...   shows and changes who is a member of a running cluster
        ./run.sh backup FILE           writes the state of a running cluster to a file
        ./run.sh verify FILE           reads such a file from its first byte to its last
        ./run.sh restore FILE          begins a new cluster with what it holds
        ./run.sh inspect DIR           shows what lies in a server's data directory
        ./run.sh tester                tests a running cluster
        ./run.sh check                 judges a running cluster's answers
        ./run.sh simulate              runs clusters in virtual time, to find what is wrong
        ./run.sh COMMAND --help        says more about one of them
        ./run.sh --version

      Exit status: 0 asked to stop, 1 unexpected, 2 configuration or command line, 3 port taken,
      4 data directory locked or another's, 5 damaged data, 6 disk error.
      """;

  private static final String LAUNCH =
      """
      Starts every server of config.json whose Hostname is an address of this machine.

        ./run.sh [launch] [options]

        --config FILE   the servers (default: conf/config.json, else the one beside run.sh)
        --embedded      all of them in one process (default: a process for each)
        --fresh         first deletes what these servers have stored
        --restart       starts a server that died again

      Ctrl-C or SIGTERM stops them all.
      """;

  private static final String SERVER =
      """
      Starts one server of config.json in this process.

        ./run.sh server --id N [options]

        --id N          which one (default: the key Id of the file)
        --config FILE   the servers (default: conf/config.json, else the one beside run.sh)
        --form          a majority of empty servers may form a new cluster: say so only if no
                        other server of the file has data

      Each scalar key of the file can be overridden: RAFTKV_PATH in the environment, or
      -Draftkv.path among the JVM options in RAFTKV_JAVA_OPTS, for path, and so on.
      """;

  private Help() {}

  /** The help of a sub-command; empty if there is none, or if it helps itself. */
  static Optional<String> of(String command) {
    return switch (command) {
      case "launch" -> Optional.of(LAUNCH);
      case "server" -> Optional.of(SERVER);
      default -> Optional.empty();
    };
  }
}
