/**
 * The console: pages for people, rendered on the server. It knows nothing but the operator API, which it asks within the process by the
 * same routes as everybody else, and the log-ins; so it can show and do nothing that the API would refuse.
 */
@NullMarked
package dev.updraft.server.console;

import org.jspecify.annotations.NullMarked;
