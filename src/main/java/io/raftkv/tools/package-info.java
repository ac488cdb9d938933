/**
 * The command line's sub-commands that look at a cluster from outside, the small client they share,
 * and what an operator has for its members and its files. Nothing here may be known to a server.
 */
@NullMarked
package io.raftkv.tools;

import org.jspecify.annotations.NullMarked;
