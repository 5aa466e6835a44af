/** Webhooks: events sent to an address of the operator's, signed, in order, and again until they are taken. */
@NullMarked
package dev.updraft.server.webhook;

import org.jspecify.annotations.NullMarked;
