package io.raftkv.server;

import io.raftkv.config.ServerSettings;
import io.raftkv.storage.OldData;
import java.util.function.Consumer;

/** Makes a server start empty. */
public final class FreshStart {
  private FreshStart() {}

  /**
   * Deletes what this server has stored, if the folder is its own and nobody uses it. The server
   * must not run in this process. Throws a {@link io.raftkv.base.Failure} if the disk fails.
   *
   * @param say is told in one line what will be deleted, or why it is left
   */
  public static void deleteOldData(ServerSettings settings, Consumer<String> say) {
    OldData.delete(settings.cluster().dataDirectory(settings.id()), settings.id(), say);
  }
}
