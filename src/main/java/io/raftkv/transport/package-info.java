/**
 * The wire between servers: framed, bounded, checksummed, versioned, and the verticle that speaks
 * it. It carries messages and tells when links open and close; what a message means is not its
 * business. docs/formats.md draws every byte.
 */
@NullMarked
package io.raftkv.transport;

import org.jspecify.annotations.NullMarked;
