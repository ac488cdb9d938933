package io.raftkv.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What environment and system properties say about config.json's scalar keys: {@code
 * RAFTKV_MAX_VALUE_BYTES} and {@code -Draftkv.maxValueBytes} for {@code maxValueBytes}, and so on.
 * They are laid over the file in this order; the later wins.
 */
final class Overrides {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

  /** Read by run.sh and the launcher. */
  private static final Set<String> OTHER_VARIABLES = Set.of("RAFTKV_JAVA_OPTS");

  /** Set by run.sh. */
  private static final Set<String> OTHER_PROPERTIES =
      Set.of(ConfigLoader.HOME_PROPERTY, "raftkv.archive");

  private Overrides() {}

  static Map<String, String> systemProperties() {
    var all = System.getProperties();
    var properties = new HashMap<String, String>();
    for (var name : all.stringPropertyNames()) {
      properties.put(name, all.getProperty(name, ""));
    }
    return properties;
  }

  static void layOver(
      ObjectNode json, Map<String, String> environment, Map<String, String> properties) {
    for (var key : ConfigReader.SCALARS) {
      layOver(json, key, environmentName(key), environment);
      layOver(json, key, propertyName(key), properties);
    }
  }

  private static void layOver(
      ObjectNode json, String key, String name, Map<String, String> values) {
    if (values.containsKey(name)) {
      var value = scalar(key, values.getOrDefault(name, "").strip());
      ConfigReader.checkScalar(key, value, name);
      json.set(key, value);
    }
  }

  /**
   * One line for each name that begins like an override and is none. It is ignored, since others
   * may use such names for ends of their own, but it may also be misspelt.
   */
  static List<String> unknown(Map<String, String> environment, Map<String, String> properties) {
    var lines = new ArrayList<String>();
    var names = ConfigReader.SCALARS.stream().map(Overrides::environmentName).toList();
    lines.addAll(unknown(environment, "RAFTKV_", names, OTHER_VARIABLES));
    var keys = ConfigReader.SCALARS.stream().map(Overrides::propertyName).toList();
    lines.addAll(unknown(properties, "raftkv.", keys, OTHER_PROPERTIES));
    return lines;
  }

  private static List<String> unknown(
      Map<String, String> values, String prefix, List<String> options, Set<String> others) {
    return values.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .filter(name -> !options.contains(name) && !others.contains(name))
        .sorted()
        .map(name -> name + " is no option and is ignored; there are " + options)
        .toList();
  }

  private static JsonNode scalar(String key, String text) {
    if (key.equals(ConfigReader.PATH)) {
      return TextNode.valueOf(text);
    }
    if (NUMBER.matcher(text).matches()) {
      return LongNode.valueOf(Long.parseLong(text));
    }
    return text.equals("true") || text.equals("false")
        ? BooleanNode.valueOf(text.equals("true"))
        : JsonNodeFactory.instance.textNode(text);
  }

  static String environmentName(String key) {
    return "RAFTKV_" + key.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  static String propertyName(String key) {
    return "raftkv." + key.substring(0, 1).toLowerCase(Locale.ROOT) + key.substring(1);
  }
}
