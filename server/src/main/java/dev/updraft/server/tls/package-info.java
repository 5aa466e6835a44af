/** TLS 1.3 and 1.2: certificate and key from PEM files, taken anew when they change; client certificates of the operator's own authority. */
@NullMarked
package dev.updraft.server.tls;

import org.jspecify.annotations.NullMarked;
