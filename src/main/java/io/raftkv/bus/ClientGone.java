package io.raftkv.bus;

/** From the client port to the replica: nobody waits for this connection's replies any more. */
public record ClientGone(long connection) {}
