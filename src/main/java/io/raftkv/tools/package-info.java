/**
 * The command line's sub-commands that look at a cluster from outside, and the small client they
 * share. Nothing here may be known to a server, and nothing here knows how a server works inside.
 */
@NullMarked
package io.raftkv.tools;

import org.jspecify.annotations.NullMarked;
