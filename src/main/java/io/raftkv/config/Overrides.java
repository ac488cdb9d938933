package io.raftkv.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What environment and system properties say about config.json's scalar keys: {@code
 * RAFTKV_MAX_VALUE_BYTES} and {@code -Draftkv.maxValueBytes} for {@code maxValueBytes}, and so on.
 * They are laid over the file in this order; the later wins.
 */
final class Overrides {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

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
