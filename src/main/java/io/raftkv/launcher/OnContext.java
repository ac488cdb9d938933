package io.raftkv.launcher;

import io.raftkv.base.Failure;
import io.vertx.core.Context;

/** Takes what is heard on any thread to a listener on its event loop, in order. */
record OnContext(Context context, HandleListener listener) implements HandleListener {
  @Override
  public void serving() {
    context.runOnContext(go -> listener.serving());
  }

  @Override
  public void leaderChanged(int leader, long term) {
    context.runOnContext(go -> listener.leaderChanged(leader, term));
  }

  @Override
  public void waiting(String reason) {
    context.runOnContext(go -> listener.waiting(reason));
  }

  @Override
  public void failed(Failure failure) {
    context.runOnContext(go -> listener.failed(failure));
  }

  @Override
  public void said(String line) {
    context.runOnContext(go -> listener.said(line));
  }

  @Override
  public void ended(int status) {
    context.runOnContext(go -> listener.ended(status));
  }
}
