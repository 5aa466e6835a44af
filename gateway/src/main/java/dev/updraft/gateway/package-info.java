/** Brings devices that have no IP address of their own to the server. */
@NullMarked
package dev.updraft.gateway;

import org.jspecify.annotations.NullMarked;
