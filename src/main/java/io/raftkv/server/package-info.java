/**
 * One server: deploys the verticles in their order and gives the replica its thread, its clock and
 * its disk. Nothing here decides what consensus or the store decide.
 */
@NullMarked
package io.raftkv.server;

import org.jspecify.annotations.NullMarked;
