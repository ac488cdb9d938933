package io.raftkv.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.raftkv.base.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** The syntax of config.json: JSON in which each key stands once, and comments are allowed. */
final class ConfigText {
  private static final int MAX_BYTES = 4 << 20;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ConfigText() {}

  static ObjectNode read(Path file) {
    try (var in = Files.newInputStream(file)) {
      var text = in.readNBytes(MAX_BYTES + 1);
      if (text.length > MAX_BYTES) {
        throw new BadConfig(file.toString(), "is longer than " + MAX_BYTES + " bytes");
      }
      return parse(text, file.toString());
    } catch (NoSuchFileException e) {
      throw new BadConfig(file.toString(), "no such file; name one with --config FILE", e);
    } catch (IOException e) {
      throw new BadConfig(file.toString(), "cannot be read: " + reason(e, file), e);
    }
  }

  /** Without the file's name, which stands in front already. */
  private static String reason(IOException e, Path file) {
    return Reason.of(e).replaceFirst("^" + Pattern.quote(file.toString()) + ":? ?", "");
  }

  static ObjectNode parse(byte[] text, String source) {
    try {
      return object(MAPPER.readTree(text), source);
    } catch (JsonProcessingException e) {
      throw new BadConfig(source, "not JSON" + place(e) + firstLine(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new BadConfig(source, "not JSON: " + firstLine(String.valueOf(e.getMessage())), e);
    }
  }

  private static ObjectNode object(JsonNode json, String source) {
    if (json.isObject()) {
      return (ObjectNode) json;
    }
    throw new BadConfig(source, "is " + ConfigReader.shown(json) + ", wanted an object: {...}");
  }

  private static String place(JsonProcessingException e) {
    var at = e.getLocation();
    return at == null ? ": " : " at line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }

  static String write(ServerSettings settings) {
    var json = MAPPER.createObjectNode();
    json.put(ConfigReader.PATH, settings.cluster().path().toString());
    json.put(ConfigReader.ID, settings.id());
    json.put(ConfigReader.FORM, settings.form());
    json.put(ConfigReader.REQUEST_TIMEOUT, settings.options().requestTimeoutMillis());
    json.put(ConfigReader.MAX_VALUE, settings.options().maxValueBytes());
    json.put(ConfigReader.ELECTION_TIMEOUT, settings.options().electionTimeoutMillis());
    json.put(ConfigReader.MAX_STORE, settings.options().maxStoreBytes());
    var servers = json.putArray(ConfigReader.SERVERS);
    for (var server : settings.cluster().servers()) {
      servers
          .addObject()
          .put(ConfigReader.ID, server.id())
          .put(ConfigReader.HOSTNAME, server.hostname())
          .put(ConfigReader.CLIENT_PORT, server.clientPort())
          .put(ConfigReader.LOG_PORT, server.logPort());
    }
    return json.toString();
  }

  static Map<String, Object> toMap(ObjectNode json) {
    return MAPPER.convertValue(json, new TypeReference<Map<String, Object>>() {});
  }

  static ObjectNode toJson(Map<String, Object> map, String source) {
    try {
      return MAPPER.valueToTree(PlainJson.object(map.entrySet()));
    } catch (IllegalArgumentException e) {
      throw new BadConfig(source, "is not JSON: " + firstLine(String.valueOf(e.getMessage())), e);
    }
  }
}
