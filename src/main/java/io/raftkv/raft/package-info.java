/**
 * The consensus algorithm, as Ongaro's dissertation has it: events in, effects out. It carries
 * opaque bytes and knows neither commands nor clients; no clock, thread, file or socket may be used
 * here.
 */
@NullMarked
package io.raftkv.raft;

import org.jspecify.annotations.NullMarked;
