/** What the server tells of itself: health, readiness and Prometheus metrics. */
@NullMarked
package dev.updraft.server.metric;

import org.jspecify.annotations.NullMarked;
