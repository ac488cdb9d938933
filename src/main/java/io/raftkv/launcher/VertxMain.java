package io.raftkv.launcher;

import io.raftkv.base.Failure;
import io.raftkv.config.Arguments;
import io.raftkv.config.ConfigLoader;
import io.raftkv.server.ServerMain;
import io.raftkv.server.ServerVerticle;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/**
 * The command behind bin/vertx: {@code vertx run VERTICLE [-conf FILE]}. Unlike the stock launchers
 * it does not start a verticle with no settings where those given cannot be read, and its exit
 * status tells whether the verticle was deployed.
 */
public final class VertxMain {
  private static final String HELP =
      """
      Runs one verticle.

        bin/vertx run VERTICLE [-conf FILE]

        VERTICLE     the name of its class:
                       io.raftkv.server.ServerVerticle               a whole server
                       io.raftkv.launcher.LauncherVerticle           all servers of this machine
                       io.raftkv.server.RaftVerticle                 only a server's replica
                       io.raftkv.protocol.ClientProtocolVerticle     only its client port
                       io.raftkv.transport.PeerTransportVerticle     only its peer port
                     or any other class on the class path (CLASSPATH is put behind ours)
        -conf FILE   its settings: a config.json with one more key, Id, for the server that it is
                     to be; or the JSON itself
      """;

  private final Arguments arguments;
  private String verticle = "";
  private JsonObject config = new JsonObject();
  private String source = "the verticle's configuration (there is no -conf FILE)";

  private VertxMain(Arguments arguments) {
    this.arguments = arguments;
  }

  /**
   * Deploys one verticle.
   *
   * @param args {@code run VERTICLE [-conf FILE]}
   */
  public static void main(String[] args) {
    var words = List.of(args);
    if (words.contains("--help") || words.contains("-h")) {
      System.out.print(HELP);
      return;
    }
    try {
      new VertxMain(new Arguments("bin/vertx", words)).run();
    } catch (Failure failure) {
      System.err.println(failure.getMessage());
      System.exit(failure.status().code());
    }
  }

  private void run() {
    while (!arguments.isEmpty()) {
      take(arguments.next());
    }
    if (verticle.isEmpty()) {
      throw arguments.refusal("no verticle is named");
    }
    if (verticle.equals(ServerVerticle.class.getName())) {
      ServerMain.run(ConfigLoader.fromJson(config.getMap(), source));
    } else if (verticle.equals(LauncherVerticle.class.getName())) {
      Launcher.run(LauncherOptions.DEFAULTS, config);
    } else {
      new Program().deploy(verticle, config);
    }
  }

  private void take(String word) {
    switch (word) {
      case "run" -> verticle = arguments.value(word);
      case "-conf", "--conf" -> readConfig(arguments.value(word));
      default -> throw arguments.unknown(word);
    }
  }

  private void readConfig(String fileOrJson) {
    if (fileOrJson.stripLeading().startsWith("{")) {
      source = "-conf";
      config = new JsonObject(ConfigLoader.readKeys(fileOrJson, source));
    } else {
      source = fileOrJson;
      config = new JsonObject(ConfigLoader.readKeys(Path.of(fileOrJson)));
    }
  }
}
