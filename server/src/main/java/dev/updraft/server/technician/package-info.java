/** The page with which a technician updates a device over a cable or Bluetooth. */
@NullMarked
package dev.updraft.server.technician;

import org.jspecify.annotations.NullMarked;
