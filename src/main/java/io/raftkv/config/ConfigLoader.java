package io.raftkv.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Turns a config.json, and what environment and system properties lay over it, into settings.
 *
 * <p>Whatever is wrong ends in a {@link io.raftkv.base.Failure} with the status {@code
 * CONFIGURATION} and one line that names the file, the key, what was found and what is wanted;
 * nothing has been opened then.
 */
public final class ConfigLoader {
  /** The system property that names the folder of run.sh, where the shipped conf/ lies. */
  public static final String HOME_PROPERTY = "raftkv.home";

  private static final Path DEFAULT_FILE = Path.of("conf", "config.json");

  private ConfigLoader() {}

  /** Reads a whole cluster, with the overrides of this process. */
  public static ClusterConfig load(Path file) {
    return load(file, System.getenv(), Overrides.systemProperties());
  }

  /** As {@link #load(Path)}, with overrides from elsewhere. */
  public static ClusterConfig load(
      Path file, Map<String, String> environment, Map<String, String> properties) {
    return read(file, environment, properties).cluster();
  }

  /** What one server needs, with the overrides of this process; {@code id} beats the file's. */
  public static ServerSettings loadServer(Path file, OptionalInt id, boolean form) {
    return loadServer(file, id, form, System.getenv(), Overrides.systemProperties());
  }

  /** As {@link #loadServer(Path, OptionalInt, boolean)}, with overrides from elsewhere. */
  public static ServerSettings loadServer(
      Path file,
      OptionalInt id,
      boolean form,
      Map<String, String> environment,
      Map<String, String> properties) {
    return read(file, environment, properties).server(id, form);
  }

  private static ConfigReader read(
      Path file, Map<String, String> environment, Map<String, String> properties) {
    var json = ConfigText.read(file);
    Overrides.layOver(json, environment, properties);
    return new ConfigReader(json, file.toString());
  }

  /**
   * What one server needs, from a verticle's configuration: config.json's keys and {@code Id}.
   * Nothing is laid over it: whoever deploys a verticle in a program has said all there is to say.
   *
   * @param source what messages call the configuration
   */
  public static ServerSettings fromJson(Map<String, Object> json, String source) {
    return reader(json, source).server(OptionalInt.empty(), false);
  }

  /** What each server needs, from config.json's keys; {@code Id} does not matter. */
  public static List<ServerSettings> allFromJson(Map<String, Object> json, String source) {
    var reader = reader(json, source);
    return reader.cluster().servers().stream()
        .map(server -> reader.server(OptionalInt.of(server.id()), false))
        .toList();
  }

  private static ConfigReader reader(Map<String, Object> json, String source) {
    return new ConfigReader(ConfigText.toJson(json, source), source);
  }

  /** The settings as one line of JSON, which {@link #fromJson} reads. */
  public static String toJson(ServerSettings settings) {
    return ConfigText.write(settings);
  }

  /** As {@link #fromJson(Map, String)}, from text. */
  public static ServerSettings fromJson(byte[] text, String source) {
    return new ConfigReader(ConfigText.parse(text, source), source)
        .server(OptionalInt.empty(), false);
  }

  /**
   * The keys of a config.json as plain maps, lists and scalars, as strict about its syntax and the
   * names of its keys as {@link #load(Path)}, for those who get the text from somewhere else.
   */
  public static Map<String, Object> parse(byte[] text, String source) {
    var json = ConfigText.parse(text, source);
    ConfigReader.refuseUnknownKeys(json, source);
    return ConfigText.toMap(json);
  }

  /** As {@link #parse}, from a file, with the overrides of this process laid over it. */
  public static Map<String, Object> readKeys(Path file) {
    return withOverrides(ConfigText.read(file), file.toString());
  }

  /** As {@link #parse}, with the overrides of this process laid over it. */
  public static Map<String, Object> readKeys(String text, String source) {
    return withOverrides(ConfigText.parse(text.getBytes(StandardCharsets.UTF_8), source), source);
  }

  private static Map<String, Object> withOverrides(ObjectNode json, String source) {
    ConfigReader.refuseUnknownKeys(json, source);
    Overrides.layOver(json, System.getenv(), Overrides.systemProperties());
    return ConfigText.toMap(json);
  }

  /** {@code json} with the overrides that stand in {@code environment} and {@code properties}. */
  public static Map<String, Object> override(
      Map<String, Object> json,
      String source,
      Map<String, String> environment,
      Map<String, String> properties) {
    ObjectNode changed = ConfigText.toJson(json, source);
    Overrides.layOver(changed, environment, properties);
    return ConfigText.toMap(changed);
  }

  /** What environment and system properties say that looks like an override and is none. */
  public static List<String> unknownOverrides() {
    return Overrides.unknown(System.getenv(), Overrides.systemProperties());
  }

  /** The environment variables that can override keys. */
  public static List<String> environmentNames() {
    return ConfigReader.SCALARS.stream().map(Overrides::environmentName).toList();
  }

  /** conf/config.json of the current directory; if there is none, the one beside run.sh. */
  public static Path defaultFile() {
    var home = System.getProperty(HOME_PROPERTY, "");
    return Files.exists(DEFAULT_FILE) || home.isEmpty()
        ? DEFAULT_FILE
        : Path.of(home).resolve(DEFAULT_FILE);
  }
}
