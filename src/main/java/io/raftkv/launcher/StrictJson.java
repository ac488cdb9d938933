package io.raftkv.launcher;

import io.raftkv.base.Failure;
import io.raftkv.config.ConfigLoader;
import io.vertx.config.spi.ConfigProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * Reads config.json for vertx-config as strictly as a server process reads it. The whole file
 * becomes one entry, so that no system property called like one of its keys can replace it.
 */
public final class StrictJson implements ConfigProcessor {
  static final String FORMAT = "raftkv";
  static final String WHOLE_FILE = "/";
  static final String SOURCE = "path";

  @Override
  public String name() {
    return FORMAT;
  }

  @Override
  public Future<JsonObject> process(Vertx vertx, JsonObject configuration, Buffer input) {
    try {
      var source = configuration.getString(SOURCE, "config.json");
      var json = new JsonObject(ConfigLoader.parse(input.getBytes(), source));
      return Future.succeededFuture(new JsonObject().put(WHOLE_FILE, json));
    } catch (Failure failure) {
      return Future.failedFuture(failure);
    }
  }
}
