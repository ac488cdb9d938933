/**
 * What every package may use, knowing nobody: byte strings and the checks that stay on in
 * production. Nothing about consensus, stores, files or sockets may live here.
 */
@NullMarked
package io.raftkv.base;

import org.jspecify.annotations.NullMarked;
