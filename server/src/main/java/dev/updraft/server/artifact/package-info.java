/** The bytes that devices download, addressed by their SHA-256. */
@NullMarked
package dev.updraft.server.artifact;

import org.jspecify.annotations.NullMarked;
