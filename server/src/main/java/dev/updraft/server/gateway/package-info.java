/** Gateways: who speaks the device protocol for devices that have no network of their own. */
@NullMarked
package dev.updraft.server.gateway;

import org.jspecify.annotations.NullMarked;
