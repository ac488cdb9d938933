/**
 * The world in virtual time around the real brain, the real peer codec and the real log: a network
 * that loses, repeats, delays and reorders, disks that forget, fail and lie, clocks that run apart,
 * processes that die, all on one thread and decided by one number. Nothing here may know a verticle
 * or the wall clock, and no server may know what is here.
 */
@NullMarked
package io.raftkv.sim;

import org.jspecify.annotations.NullMarked;
