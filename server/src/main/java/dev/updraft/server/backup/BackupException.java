package dev.updraft.server.backup;

import org.jspecify.annotations.Nullable;

/** A backup cannot be made or restored; the message says in one sentence why and what to do. */
public final class BackupException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BackupException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }

    BackupException(String sentence) {
        this(sentence, null);
    }
}
