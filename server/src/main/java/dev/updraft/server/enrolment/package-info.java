/** Devices that register themselves once, with a provisioning key, and then hold a token of their own. */
@NullMarked
package dev.updraft.server.enrolment;

import org.jspecify.annotations.NullMarked;
