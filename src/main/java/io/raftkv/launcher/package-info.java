/**
 * The servers of a config.json, as processes or in this JVM, and the programs that deploy
 * verticles. Nothing here takes part in consensus or touches what a server stores.
 */
@NullMarked
package io.raftkv.launcher;

import org.jspecify.annotations.NullMarked;
