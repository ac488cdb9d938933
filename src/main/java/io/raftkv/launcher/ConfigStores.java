package io.raftkv.launcher;

import io.raftkv.base.ExitStatus;
import io.raftkv.base.Failure;
import io.raftkv.base.Reason;
import io.raftkv.config.ConfigLoader;
import io.raftkv.config.ServerSettings;
import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads a configuration through vertx-config: the file, then the environment, then the system
 * properties; the later wins. The outcome is what {@link ConfigLoader} alone would make of them.
 */
final class ConfigStores {
  private ConfigStores() {}

  static Future<List<ServerSettings>> load(Vertx vertx, Path file) {
    var retriever = ConfigRetriever.create(vertx, options(file));
    return retriever
        .getConfig()
        .recover(cause -> vertx.executeBlocking(() -> explain(cause, file)))
        .map(merged -> servers(merged, file.toString()))
        .eventually(retriever::close);
  }

  private static ConfigRetrieverOptions options(Path file) {
    return new ConfigRetrieverOptions()
        .setIncludeDefaultStores(false)
        .addStore(store("file", new JsonObject().put(StrictJson.SOURCE, file.toString())))
        .addStore(store("env", raw().put("keys", new JsonArray(ConfigLoader.environmentNames()))))
        .addStore(store("sys", raw().put("cache", false)));
  }

  private static JsonObject raw() {
    return new JsonObject().put("raw-data", true);
  }

  private static ConfigStoreOptions store(String type, JsonObject config) {
    var format = type.equals("file") ? StrictJson.FORMAT : "json";
    return new ConfigStoreOptions().setType(type).setFormat(format).setConfig(config);
  }

  private static List<ServerSettings> servers(JsonObject merged, String source) {
    var file = merged.getJsonObject(StrictJson.WHOLE_FILE).getMap();
    var texts = texts(merged);
    return ConfigLoader.allFromJson(ConfigLoader.override(file, source, texts, texts), source);
  }

  private static Map<String, String> texts(JsonObject merged) {
    var texts = new HashMap<String, String>();
    merged.forEach(entry -> texts.put(entry.getKey(), String.valueOf(entry.getValue())));
    return texts;
  }

  /** What vertx-config cannot read, the other loader cannot read either, and says why. */
  private static JsonObject explain(Throwable cause, Path file) {
    if (cause instanceof Failure failure) {
      throw failure;
    }
    ConfigLoader.load(file);
    throw new Failure(
        ExitStatus.CONFIGURATION, file + ": cannot be read: " + Reason.of(cause), cause);
  }
}
