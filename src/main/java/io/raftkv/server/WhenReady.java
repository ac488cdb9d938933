package io.raftkv.server;

import io.raftkv.base.Failure;
import io.vertx.core.Context;

/**
 * Says that a server serves only when its replica has caught up <em>and</em> its ports are open,
 * whichever comes last; passes on everything else. Its two halves meet on the server's context.
 */
final class WhenReady implements ServerListener {
  private final ServerListener listener;
  private final Context context;
  private boolean caughtUp;
  private boolean open;

  WhenReady(ServerListener listener, Context context) {
    this.listener = listener;
    this.context = context;
  }

  @Override
  public void serving() {
    context.runOnContext(
        go -> {
          caughtUp = true;
          tell();
        });
  }

  /** The client port is open. */
  void opened() {
    context.runOnContext(
        go -> {
          open = true;
          tell();
        });
  }

  private void tell() {
    if (caughtUp && open) {
      listener.serving();
    }
  }

  @Override
  public void leaderChanged(int leader, long term) {
    listener.leaderChanged(leader, term);
  }

  @Override
  public void waiting(String reason) {
    listener.waiting(reason);
  }

  @Override
  public void failing(Failure failure) {
    listener.failing(failure);
  }

  @Override
  public void failed(Failure failure) {
    listener.failed(failure);
  }
}
