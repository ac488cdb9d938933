/**
 * config.json as validated, immutable records, and how it is read. Nothing here may open a port or
 * a data folder.
 */
@NullMarked
package io.raftkv.config;

import org.jspecify.annotations.NullMarked;
