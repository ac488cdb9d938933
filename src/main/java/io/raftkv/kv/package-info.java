/**
 * The state machine: commands, replies, versions, expiry and the ids that make a command count
 * once. It takes an index and a time from outside and knows nothing of consensus, sockets or files.
 */
@NullMarked
package io.raftkv.kv;

import org.jspecify.annotations.NullMarked;
