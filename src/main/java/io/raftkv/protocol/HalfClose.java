package io.raftkv.protocol;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;

/**
 * Lets a client shut down its sending side and still get its replies. Vert.x closes a socket at the
 * end of what comes in, unless Netty is told otherwise; this is the one place that knows.
 */
final class HalfClose {
  private HalfClose() {}

  /** From now on {@code onEnd} is called when the client will send no more. */
  static void allow(NetSocket socket, Runnable onEnd) {
    var internal = (NetSocketInternal) socket;
    internal
        .channelHandlerContext()
        .channel()
        .config()
        .setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    internal.eventHandler(
        event -> {
          if (event == ChannelInputShutdownEvent.INSTANCE) {
            onEnd.run();
          }
        });
  }
}
