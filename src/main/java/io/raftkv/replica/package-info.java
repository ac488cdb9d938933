/**
 * One server's brain: consensus and the store, and what this server's own clients wait for. It is
 * pure: events and requests go in, everything that must happen goes out through {@link
 * io.raftkv.replica.Environment}. No clock, thread, file or socket may be used here.
 */
@NullMarked
package io.raftkv.replica;

import org.jspecify.annotations.NullMarked;
