/** Backups: all tables and artifacts in one file, the same for both databases; verified when they are restored. */
@NullMarked
package dev.updraft.server.backup;

import org.jspecify.annotations.NullMarked;
