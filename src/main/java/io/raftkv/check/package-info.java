/**
 * Judges histories: were the answers that clients got those of one store that ran one command at a
 * time? A library of its own that knows nothing of servers, sockets or the protocol, only what was
 * asked, what was answered, and when.
 */
@NullMarked
package io.raftkv.check;

import org.jspecify.annotations.NullMarked;
