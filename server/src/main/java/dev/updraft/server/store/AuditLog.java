package dev.updraft.server.store;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table audit, for what happens without an operator's request. */
public final class AuditLog {
    private static final int LONGEST_PATH = 512;

    private AuditLog() {}

    /**
     * Adds an entry, in the transaction of what it tells.
     *
     * @param who such as {@code device pump-7} or {@code server}
     * @param method of HTTP, or a word for what was done
     * @param detail JSON
     * @param address from where; null = from within
     */
    public static void add(
            Handle handle,
            long tenant,
            String who,
            String method,
            String path,
            int status,
            @Nullable String detail,
            @Nullable String address) {
        handle.execute(
                "INSERT INTO audit (tenant, at, who, method, path, status, detail, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                tenant,
                System.currentTimeMillis(),
                who,
                method,
                path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) : path,
                status,
                detail,
                address);
    }
}
