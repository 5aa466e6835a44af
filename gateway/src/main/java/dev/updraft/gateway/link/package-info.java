/** Where devices are, and the bytes to and from them. */
@NullMarked
package dev.updraft.gateway.link;

import org.jspecify.annotations.NullMarked;
