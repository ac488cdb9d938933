/**
 * What the verticles of one server say to each other, and at which addresses. Records only: nothing
 * here may decide anything.
 */
@NullMarked
package io.raftkv.bus;

import org.jspecify.annotations.NullMarked;
