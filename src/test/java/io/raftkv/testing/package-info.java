/**
 * Clusters for tests: real servers in this process, on free ports, with data in a temporary folder.
 */
@NullMarked
package io.raftkv.testing;

import org.jspecify.annotations.NullMarked;
