/** Bluetooth devices by BlueZ, over D-Bus. */
@NullMarked
package dev.updraft.gateway.bluez;

import org.jspecify.annotations.NullMarked;
