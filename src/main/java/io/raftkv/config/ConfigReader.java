package io.raftkv.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** What the keys of a config.json mean, and what is wrong with them. */
final class ConfigReader {
  static final String PATH = "path";
  static final String SERVERS = "servers";
  static final String ID = "Id";
  static final String FORM = "form";
  static final String REQUEST_TIMEOUT = "requestTimeoutMillis";
  static final String MAX_VALUE = "maxValueBytes";
  static final String ELECTION_TIMEOUT = "electionTimeoutMillis";
  static final String MAX_STORE = "maxStoreBytes";
  static final String HOSTNAME = "Hostname";
  static final String CLIENT_PORT = "ClientPort";
  static final String LOG_PORT = "LogPort";

  /** The keys that environment and system properties may set. */
  static final List<String> SCALARS =
      List.of(PATH, ID, FORM, REQUEST_TIMEOUT, MAX_VALUE, ELECTION_TIMEOUT, MAX_STORE);

  private static final List<String> KEYS =
      List.of(PATH, SERVERS, ID, FORM, REQUEST_TIMEOUT, MAX_VALUE, ELECTION_TIMEOUT, MAX_STORE);
  private static final List<String> SERVER_KEYS = List.of(ID, HOSTNAME, CLIENT_PORT, LOG_PORT);
  private static final Set<String> NO_PATH = Set.of("", "...");
  private static final Path DEFAULT_PATH = Path.of("data");
  private static final int HOSTNAME_CHARS_MAX = 253;
  private static final int SHOWN_CHARS_MAX = 60;

  private final ObjectNode json;
  private final String source;

  ConfigReader(ObjectNode json, String source) {
    this.json = json;
    this.source = source;
  }

  static void refuseUnknownKeys(ObjectNode json, String source) {
    new ConfigReader(json, source).refuseUnknownKeys(json, "", KEYS);
  }

  /** Checks one key alone, so that a message can name the place that the value comes from. */
  static void checkScalar(String key, JsonNode value, String source) {
    var alone = JsonNodeFactory.instance.objectNode();
    alone.set(key, value);
    new ConfigReader(alone, source).scalars();
  }

  ClusterConfig cluster() {
    refuseUnknownKeys(json, "", KEYS);
    var options = scalars();
    return new ClusterConfig(path(), servers(), options);
  }

  ServerSettings server(OptionalInt givenId, boolean givenForm) {
    var cluster = cluster();
    int id = givenId.orElseGet(this::ownId);
    if (cluster.servers().stream().noneMatch(server -> server.id() == id)) {
      var ids = cluster.servers().stream().map(ServerConfig::id).toList();
      throw new BadConfig(source, "no server has the Id " + id + "; there are " + ids);
    }
    return new ServerSettings(cluster, id, givenForm || flag(FORM));
  }

  private int ownId() {
    if (!json.has(ID)) {
      throw new BadConfig(
          source, "Id is missing: say which server this is, on the command line with --id N");
    }
    return integer(json, "", ID, 0, Integer.MAX_VALUE);
  }

  private Options scalars() {
    path();
    flag(FORM);
    if (json.has(ID)) {
      ownId();
    }
    try {
      return new Options(
          option(REQUEST_TIMEOUT, Options.DEFAULTS.requestTimeoutMillis()),
          option(MAX_VALUE, Options.DEFAULTS.maxValueBytes()),
          option(ELECTION_TIMEOUT, Options.DEFAULTS.electionTimeoutMillis()),
          longOption(MAX_STORE, Options.DEFAULTS.maxStoreBytes()));
    } catch (IllegalArgumentException e) {
      throw new BadConfig(source, String.valueOf(e.getMessage()), e);
    }
  }

  private int option(String key, int otherwise) {
    var value = json.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (value.isIntegralNumber() && !value.canConvertToInt()) {
      throw wrong("", key, shown(value), "a number " + Options.range(key));
    }
    return integer(json, "", key, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private long longOption(String key, long otherwise) {
    var value = json.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong("", key, shown(value), "a whole number");
    }
    return value.longValue();
  }

  private Path path() {
    if (!json.has(PATH)) {
      return DEFAULT_PATH;
    }
    var text = text(json, "", PATH);
    try {
      return NO_PATH.contains(text) ? DEFAULT_PATH : Path.of(text);
    } catch (InvalidPathException e) {
      throw wrong("", PATH, shown(json.path(PATH)), "the name of a folder");
    }
  }

  private boolean flag(String key) {
    var value = json.path(key);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw wrong("", key, shown(value), "true or false");
    }
    return value.asBoolean();
  }

  private List<ServerConfig> servers() {
    var array = json.path(SERVERS);
    if (array.isMissingNode()) {
      throw new BadConfig(source, "servers is missing, wanted a list of at least one server");
    }
    if (!array.isArray() || array.isEmpty()) {
      throw wrong("", SERVERS, shown(array), "a list of at least one server");
    }
    var servers = new ArrayList<ServerConfig>();
    for (var element : array) {
      servers.add(server(element, "servers[" + servers.size() + "]"));
    }
    refuseTwins(servers);
    return servers;
  }

  private ServerConfig server(JsonNode element, String place) {
    if (!element.isObject()) {
      throw wrong("", place, shown(element), "an object with the keys " + SERVER_KEYS);
    }
    refuseUnknownKeys(element, place + ".", SERVER_KEYS);
    return new ServerConfig(
        integer(element, place + ".", ID, 0, Integer.MAX_VALUE),
        hostname(element, place + "."),
        integer(element, place + ".", CLIENT_PORT, 1, 65_535),
        integer(element, place + ".", LOG_PORT, 1, 65_535));
  }

  private String hostname(JsonNode server, String place) {
    var name = text(server, place, HOSTNAME);
    boolean printable = name.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    if (name.isEmpty() || name.length() > HOSTNAME_CHARS_MAX || !printable) {
      throw wrong(place, HOSTNAME, shown(server.path(HOSTNAME)), "the name or address of a host");
    }
    return name;
  }

  private void refuseTwins(List<ServerConfig> servers) {
    var ids = new HashSet<Integer>();
    var addresses = new HashMap<String, String>();
    for (int i = 0; i < servers.size(); i++) {
      var server = servers.get(i);
      var place = "servers[" + i + "].";
      if (!ids.add(server.id())) {
        throw wrong(place, ID, server.id() + " for the second time", "an Id of its own");
      }
      refuseTwin(addresses, server, place + CLIENT_PORT, server.clientPort());
      refuseTwin(addresses, server, place + LOG_PORT, server.logPort());
    }
  }

  private void refuseTwin(
      Map<String, String> addresses, ServerConfig server, String place, int port) {
    var address = server.hostname().toLowerCase(Locale.ROOT) + ":" + port;
    if (addresses.containsKey(address)) {
      var found = address + " like " + addresses.get(address);
      throw wrong("", place, found, "an address of its own");
    }
    addresses.put(address, place);
  }

  private void refuseUnknownKeys(JsonNode object, String place, List<String> known) {
    object
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw new BadConfig(
                    source, "unknown key " + place + printable(key) + ", wanted one of " + known);
              }
            });
  }

  private int integer(JsonNode object, String place, String key, int least, int most) {
    var value = present(object, place, key);
    if (!value.isIntegralNumber()) {
      throw wrong(place, key, shown(value), "a whole number");
    }
    if (!value.canConvertToInt() || value.intValue() < least || value.intValue() > most) {
      throw wrong(place, key, shown(value), "a number from " + least + " to " + most);
    }
    return value.intValue();
  }

  private String text(JsonNode object, String place, String key) {
    var value = present(object, place, key);
    if (!value.isTextual()) {
      throw wrong(place, key, shown(value), "a text in quotes");
    }
    return value.textValue();
  }

  private JsonNode present(JsonNode object, String place, String key) {
    var value = object.path(key);
    if (value.isMissingNode()) {
      throw new BadConfig(source, place + key + " is missing");
    }
    return value;
  }

  private BadConfig wrong(String place, String key, String found, String wanted) {
    return new BadConfig(source, place + key + " is " + found + ", wanted " + wanted);
  }

  /**
   * The value as it stands in the file, cut to a readable length and without control characters.
   */
  static String shown(JsonNode value) {
    if (value.isMissingNode()) {
      return "empty";
    }
    return printable(value.toString());
  }

  private static String printable(String text) {
    var line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > SHOWN_CHARS_MAX ? line.substring(0, SHOWN_CHARS_MAX) + "..." : line;
  }
}
