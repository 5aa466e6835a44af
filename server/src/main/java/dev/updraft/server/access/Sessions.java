package dev.updraft.server.access;

import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.AuditLog;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Log-ins of people at the console. A session is an API token with an end, of the rights that its user or its token has: what asks for a
 * token asks for it as well, every server process knows it, and it ends with what it was made from.
 */
public final class Sessions {
    private static final long LENGTH_MILLIS = Duration.ofHours(12).toMillis();
    private static final long INVITATION_MILLIS = Duration.ofMinutes(10).toMillis();

    private final Database database;
    private final Operators operators;
    private final Map<Long, String> names = new ConcurrentHashMap<>();
    private final Map<Secret, Invitation> invitations = new ConcurrentHashMap<>();

    /** @param until milliseconds since 1970 */
    private record Invitation(String token, long until) {}

    public Sessions(Database database, Operators operators) {
        this.database = database;
        this.operators = operators;
    }

    /**
     * @param secret to be sent as {@code Authorization: Bearer}; only the browser keeps it
     * @param tenant what it is called
     */
    public record Session(String secret, Caller caller, String tenant) {}

    /**
     * @param user {@code NAME} or {@code TENANT\NAME}; empty = {@code secret} is an API token
     * @param address from where
     * @return null if this is no valid log-in
     * @throws Problem 429 if too many were tried
     */
    public @Nullable Session open(String user, String secret, String address) {
        Caller caller = user.isEmpty() ? operators.ofToken(secret) : operators.ofPassword(user, secret, address);
        if (caller == null) {
            operators.noteFailed(address, user.isEmpty() ? "(unknown token)" : user, "POST", "/console/login");
            return null;
        }
        if (caller.session()) {
            throw Problem.forbidden("A log-in is made with a password or an API token.");
        }
        String fresh = Secret.newToken();
        long now = System.currentTimeMillis();
        long expires = Math.min(caller.expires(), now + LENGTH_MILLIS);
        database.change(handle -> {
            handle.execute("DELETE FROM api_token WHERE session = 1 AND expires < ?", now);
            handle.execute(
                    "INSERT INTO api_token (tenant, name, role, hash, created, api_user, scopes, expires, session, made_from)"
                            + " VALUES (?, ?, ?, ?, ?, (SELECT key FROM api_user WHERE tenant = ? AND name = ? AND ? = 1), ?, ?, 1, ?)",
                    caller.tenant(),
                    caller.name(),
                    caller.role().label(),
                    Secret.of(fresh).hash(),
                    now,
                    caller.tenant(),
                    caller.name(),
                    caller.person() ? 1 : 0,
                    Json.string(caller.scopes()),
                    expires,
                    caller.token() == 0 ? null : caller.token());
            AuditLog.add(handle, caller.tenant(), caller.name(), "LOG-IN", "/console/login", 303, null, address);
            database.changes().note(Topic.TOKEN, caller.tenant());
        });
        operators.changed();
        return find(fresh);
    }

    /**
     * Makes a code with which somebody at this computer may log in once, within ten minutes, as the holder of {@code token}: a link can
     * hold it, as it is worth nothing afterwards.
     */
    public String invite(String token) {
        long now = System.currentTimeMillis();
        invitations.values().removeIf(invitation -> invitation.until() < now);
        String code = Secret.newToken();
        invitations.put(Secret.of(code), new Invitation(token, now + INVITATION_MILLIS));
        return code;
    }

    /** {@link #open} with a code of {@link #invite}. */
    public @Nullable Session accept(String code, String address) {
        Invitation invitation = invitations.remove(Secret.of(code));
        return invitation == null || invitation.until() < System.currentTimeMillis()
                ? null
                : open("", invitation.token(), address);
    }

    /** The session of {@code secret}; null if it is none, or over. */
    public @Nullable Session find(String secret) {
        Caller caller = operators.ofToken(secret);
        return caller != null && caller.session()
                ? new Session(secret, caller, names.computeIfAbsent(caller.tenant(), operators::name))
                : null;
    }

    /** Ends one session. */
    public void close(Caller caller, String address) {
        end(caller, address, "LOG-OUT", "key = ?", caller.token());
    }

    /** Ends every session of the same person; of somebody who is no person, those that were made with the same token. */
    public void closeAll(Caller caller, String address) {
        String same = "%s = (SELECT %s FROM api_token WHERE key = ?)";
        String column = caller.person() ? "api_user" : "made_from";
        end(caller, address, "LOG-OUT-EVERYWHERE", same.formatted(column, column), caller.token());
    }

    private void end(Caller caller, String address, String what, String which, long key) {
        database.change(handle -> {
            handle.execute("DELETE FROM api_token WHERE session = 1 AND tenant = ? AND " + which, caller.tenant(), key);
            AuditLog.add(handle, caller.tenant(), caller.name(), what, "/console/logout", 303, null, address);
            database.changes().note(Topic.TOKEN, caller.tenant());
        });
        operators.changed();
    }

    /** What the caller may do, for a page that leaves out what would be refused; whether it may is for the route to say. */
    public static boolean may(Caller caller, Role role, String scope, boolean reads) {
        List<String> scopes = caller.scopes();
        return caller.role().covers(role)
                && (scopes.isEmpty() || scopes.contains(scope) || (reads && scopes.contains(scope + ":read")));
    }
}
