/** The command line, which knows every package, and which none knows. */
@NullMarked
package io.raftkv;

import org.jspecify.annotations.NullMarked;
