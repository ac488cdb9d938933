/**
 * The clients' text protocol, and the verticle that speaks it. It turns bytes into requests and
 * replies into bytes, in order; what a request does is not its business.
 */
@NullMarked
package io.raftkv.protocol;

import org.jspecify.annotations.NullMarked;
