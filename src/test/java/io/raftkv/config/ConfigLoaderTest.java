package io.raftkv.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
  private static final Map<String, String> NOTHING = Map.of();
  private static final String ONE_SERVER =
      "{'Id': 7, 'Hostname': 'h', 'ClientPort': 1, 'LogPort': 65535}";

  @TempDir Path folder;

  @Test
  void theShippedFileNamesFiveLocalServers() {
    var cluster = ConfigLoader.load(Path.of("conf/config.json"), NOTHING, NOTHING);

    assertEquals(Path.of("data"), cluster.path());
    assertEquals(Options.DEFAULTS, cluster.options());
    assertEquals(5, cluster.servers().size());
    for (int id = 0; id < 5; id++) {
      var expected = new ServerConfig(id, "localhost", 8000 + id, 9000 + id);
      assertEquals(expected, cluster.servers().get(id));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "'path': '',", "'path': '...',", "'path': 'data',"})
  void noPathMeansData(String path) throws IOException {
    var file = file("{" + path + "'servers': [" + ONE_SERVER + "]}");

    assertEquals(Path.of("data"), load(file).path());
  }

  @Test
  void commentsAndAllOptionsAreRead() throws IOException {
    var file =
        file(
            "// a cluster of one\n{'path': '/x', /* milli */ 'requestTimeoutMillis': 100,"
                + "'maxValueBytes': 0, 'electionTimeoutMillis': 50, 'Id': 7, 'form': true,"
                + "'servers': ["
                + ONE_SERVER
                + "]}");

    var settings = ConfigLoader.loadServer(file, OptionalInt.empty(), false, NOTHING, NOTHING);

    assertEquals(new Options(100, 0, 50), settings.options());
    assertEquals(new ServerConfig(7, "h", 1, 65_535), settings.self());
    assertEquals(Path.of("/x/7"), settings.cluster().dataDirectory(7));
    assertTrue(settings.form());
  }

  @Test
  void environmentLiesOverTheFileAndPropertiesOverBoth() throws IOException {
    var file = file("{'path': 'f', 'maxValueBytes': 1, 'servers': [" + ONE_SERVER + "]}");
    var environment =
        Map.of(
            "RAFTKV_PATH", "e",
            "RAFTKV_MAX_VALUE_BYTES", " 2 ",
            "RAFTKV_REQUEST_TIMEOUT_MILLIS", "200",
            "RAFTKV_SERVERS", "ignored",
            "RAFTKV_JAVA_OPTS", "ignored");
    var properties = Map.of("raftkv.path", "007", "raftkv.id", "7", "raftkv.home", "ignored");

    var settings =
        ConfigLoader.loadServer(file, OptionalInt.empty(), false, environment, properties);

    assertEquals(Path.of("007"), settings.cluster().path());
    assertEquals(new Options(200, 2, 1_000), settings.options());
    assertEquals(7, settings.id());
    assertFalse(settings.form());
  }

  @Test
  void aBadOverrideIsCalledByItsOwnName() throws IOException {
    var file = file("{'servers': [" + ONE_SERVER + "]}");

    assertEquals(
        "RAFTKV_MAX_VALUE_BYTES: maxValueBytes is \"much\", wanted a whole number",
        failure(() -> ConfigLoader.load(file, Map.of("RAFTKV_MAX_VALUE_BYTES", "much"), NOTHING)));
    assertEquals(
        "raftkv.electionTimeoutMillis: electionTimeoutMillis is 5, must be from 50 to 60000",
        failure(
            () -> ConfigLoader.load(file, NOTHING, Map.of("raftkv.electionTimeoutMillis", "5"))));
  }

  @Test
  void aNameThatLooksLikeAnOverrideAndIsNoneIsTold() {
    var environment =
        Map.of(
            "RAFTKV_PATH", "e",
            "RAFTKV_JAVA_OPTS", "-Xmx1g",
            "PATH", "/bin",
            "RAFTKV_MAXVALUEBYTES", "5");
    var properties =
        Map.of("raftkv.home", "h", "raftkv.archive", "a", "raftkv.id", "7", "raftkv.pth", "p");

    var told = Overrides.unknown(environment, properties);

    assertEquals(2, told.size(), told.toString());
    assertTrue(told.get(0).startsWith("RAFTKV_MAXVALUEBYTES is no option and is ignored;"));
    assertTrue(told.get(0).contains("RAFTKV_MAX_VALUE_BYTES"), told.get(0));
    assertTrue(
        told.get(1).startsWith("raftkv.pth is no option and is ignored; there are [raftkv."));
  }

  @Test
  void aServerThatCannotListenSaysWhyInPlainWords() {
    var server = new ServerConfig(0, "no.such.host", 8000, 9000);

    assertEquals(
        "server 0 cannot listen on no.such.host:9000 for its peers: no address of this host is"
            + " known; correct Hostname or LogPort",
        server.cannotServePeers(new UnknownHostException("Failed [A(1)]\n")).getMessage());
    assertEquals(
        "server 0 cannot listen on no.such.host:8000 for clients: Permission denied; correct"
            + " Hostname or ClientPort",
        server.cannotServeClients(new SocketException("Permission denied")).getMessage());
  }

  static List<Arguments> badFiles() {
    var start = "{'servers': [" + ONE_SERVER + ", ";
    return List.of(
        bad("", "is empty, wanted an object: {...}"),
        bad("[]", "is [], wanted an object: {...}"),
        bad(
            "{\n 'servers': [],\n}",
            "not JSON at line 3, column 1: Unexpected character ('}' (code 125)): was expecting"
                + " double-quote to start field name"),
        bad("{'path': 'a', 'path': 'b'}", "not JSON at line 1, column 21: Duplicate field 'path'"),
        bad("{} {}", "not JSON at line 1, column 4"),
        bad("{'servers': ", "not JSON at line 1"),
        bad("{}", "servers is missing, wanted a list of at least one server"),
        bad("{'servers': []}", "servers is [], wanted a list of at least one server"),
        bad("{'servers': {}}", "servers is {}, wanted a list of at least one server"),
        bad("{'servers': [7]}", "servers[0] is 7, wanted an object with the keys [Id, Hostname,"),
        bad("{'paths': 'x'}", "unknown key paths, wanted one of [path, servers, Id, form,"),
        bad("{'path': 7}", "path is 7, wanted a text in quotes"),
        bad("{'path': 'a\\u0000'}", "path is \"a\\u0000\", wanted the name of a folder"),
        bad("{'form': 'yes'}", "form is \"yes\", wanted true or false"),
        bad("{'maxValueBytes': 1.5}", "maxValueBytes is 1.5, wanted a whole number"),
        bad("{'maxValueBytes': null}", "maxValueBytes is null, wanted a whole number"),
        bad("{'maxValueBytes': -1}", "maxValueBytes is -1, must be from 0 to 33554432"),
        bad(
            "{'maxValueBytes': 3000000000}",
            "maxValueBytes is 3000000000, wanted a number from 0 to 33554432"),
        bad(
            "{'electionTimeoutMillis': 99999999999999999999}",
            "electionTimeoutMillis is 99999999999999999999, wanted a number from 50 to 60000"),
        bad(start + "{'Id': 1}]}", "servers[1].Hostname is missing"),
        bad(start + server(7, "g", 5, 6), "servers[1].Id is 7 for the second time, wanted an Id"),
        bad(start + server(-1, "g", 5, 6), "servers[1].Id is -1, wanted a number from 0 to 2147"),
        bad(start + server(8, "", 5, 6), "servers[1].Hostname is \"\", wanted the name or address"),
        bad(start + server(8, "a b", 5, 6), "servers[1].Hostname is \"a b\", wanted the name or"),
        bad(start + server(8, "g", 0, 6), "servers[1].ClientPort is 0, wanted a number from 1 to"),
        bad(start + server(8, "g", 5, 65_536), "servers[1].LogPort is 65536, wanted a number from"),
        bad(
            start + server(8, "g", 5, 5),
            "servers[1].LogPort is g:5 like servers[1].ClientPort, wanted an address of its own"),
        bad(
            start + server(8, "H", 65_535, 5),
            "servers[1].ClientPort is h:65535 like servers[0].LogPort, wanted an address"),
        bad(
            start + "{'Id': 8, 'Hostname': 'g', 'ClientPort': 5, 'LogPort': 6, 'x': 0}]}",
            "unknown key servers[1].x, wanted one of [Id, Hostname, ClientPort, LogPort]"),
        bad(
            start + "{'Id': '8', 'Hostname': 'g', 'ClientPort': 5, 'LogPort': 6}]}",
            "servers[1].Id is \"8\", wanted a whole number"));
  }

  private static Arguments bad(String text, String message) {
    return Arguments.of(text, message);
  }

  private static String server(int id, String host, int clientPort, int logPort) {
    return "{'Id': %d, 'Hostname': '%s', 'ClientPort': %d, 'LogPort': %d}]}"
        .formatted(id, host, clientPort, logPort);
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void aBadFileIsToldInOneLine(String text, String message) throws IOException {
    var file = file(text);

    var told = failure(() -> load(file));

    assertTrue(told.startsWith(file + ": " + message), told);
    assertEquals(1, told.lines().count(), told);
  }

  @Test
  void aFileThatIsNotThereOrNotReadableIsNamed() {
    var absent = folder.resolve("absent.json");

    assertEquals(
        absent + ": no such file; name one with --config FILE", failure(() -> load(absent)));
    assertEquals(folder + ": cannot be read: Is a directory", failure(() -> load(folder)));
  }

  @Test
  void aServerThatIsNotInTheFileIsRefused() throws IOException {
    var file = file("{'servers': [" + ONE_SERVER + "]}");

    assertEquals(
        file + ": no server has the Id 3; there are [7]",
        failure(() -> ConfigLoader.loadServer(file, OptionalInt.of(3), false, NOTHING, NOTHING)));
  }

  @Test
  void aVerticleReadsWhatVertxMakesOfTheFile() throws IOException {
    var json = "{'path': 'x', 'Id': 7, 'servers': [" + ONE_SERVER + "]}";
    var file = file(json);
    var parsed = new JsonObject(json.replace('\'', '"'));
    var built =
        new JsonObject()
            .put("path", "x")
            .put("Id", 7L)
            .put(
                "servers",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("Id", 7)
                            .put("Hostname", "h")
                            .put("ClientPort", 1)
                            .put("LogPort", 65_535)));

    var expected = ConfigLoader.loadServer(file, OptionalInt.of(7), false, NOTHING, NOTHING);

    assertEquals(expected, ConfigLoader.fromJson(parsed.getMap(), "config"));
    assertEquals(expected, ConfigLoader.fromJson(built.getMap(), "config"));
    assertEquals(List.of(expected), ConfigLoader.allFromJson(built.getMap(), "config"));
    var text = ConfigLoader.toJson(expected).getBytes(UTF_8);
    assertEquals(expected, ConfigLoader.fromJson(text, "config"));
  }

  @Test
  void aVerticleWithoutAnIdIsRefused() {
    var json = new JsonObject(("{'servers': [" + ONE_SERVER + "]}").replace('\'', '"'));

    assertEquals(
        "config: Id is missing: say which server this is, on the command line with --id N",
        failure(() -> ConfigLoader.fromJson(json.getMap(), "config")));
    assertEquals(
        "config: servers is missing, wanted a list of at least one server",
        failure(() -> ConfigLoader.fromJson(Map.of(), "config")));
  }

  private static ClusterConfig load(Path file) {
    return ConfigLoader.load(file, NOTHING, NOTHING);
  }

  private static String failure(Runnable action) {
    var failure = assertThrows(Failure.class, action::run);
    assertEquals(ExitStatus.CONFIGURATION, failure.status());
    return String.valueOf(failure.getMessage());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("config.json"), text.replace('\'', '"'));
  }
}
