/**
 * The files of one server and the thread that owns them: identity, lock, and the write-ahead log
 * whose format docs/formats.md draws. The only waits and locks of a server are here; nothing here
 * may decide what consensus decides.
 */
@NullMarked
package io.raftkv.storage;

import org.jspecify.annotations.NullMarked;
