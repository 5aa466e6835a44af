/** The device protocol of docs/reference/device-protocol.md: check-in, report, fetch. */
@NullMarked
package dev.updraft.server.device;

import org.jspecify.annotations.NullMarked;
