package dev.updraft.server.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Problem;
import dev.updraft.server.store.Database;
import dev.updraft.server.store.Topic;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The API tokens of operators. */
public final class Operators {
    /** The tenant that is there from the start. */
    public static final long FIRST_TENANT = 1;

    private final Database database;
    private final Users users;
    private final Passwords passwords;
    private final FailedLogIns failedLogIns;
    private final Map<Secret, Caller> callers = new ConcurrentHashMap<>();

    public Operators(Database database) {
        this.database = database;
        this.users = new Users(database);
        this.passwords = new Passwords(users);
        this.failedLogIns = new FailedLogIns(database);
        hold(database.changes().load(Operators::read));
        database.changes().follow(Topic.TOKEN, changes -> reload());
    }

    /** A token or user was changed by somebody else of this package. */
    void changed() {
        reload();
    }

    private void reload() {
        passwords.refresh();
        hold(database.read(Operators::read));
    }

    private static Map<Secret, Caller> read(Handle handle) {
        Map<Secret, Caller> now = new HashMap<>();
        handle.createQuery("SELECT t.*, u.name AS user_name, u.role AS user_role FROM api_token t"
                        + " LEFT JOIN api_user u ON u.key = t.api_user")
                .map((rs, context) -> Map.entry(Secret.ofHash(rs.getBytes("hash")), caller(rs)))
                .forEach(entry -> now.put(entry.getKey(), entry.getValue()));
        return now;
    }

    private static Caller caller(ResultSet rs) throws SQLException {
        String user = rs.getString("user_name");
        Role role = Role.ofLabel(rs.getString("role"));
        if (user != null) {
            Role most = Role.ofLabel(rs.getString("user_role"));
            role = most.covers(role) ? role : most;
        }
        long expires = rs.getLong("expires");
        return new Caller(
                rs.getLong("tenant"),
                user == null ? rs.getString("name") : user,
                role,
                List.of(Json.parse(rs.getString("scopes"), String[].class)),
                expires == 0 ? Long.MAX_VALUE : expires,
                rs.getLong("key"),
                user != null,
                rs.getInt("session") != 0);
    }

    private void hold(Map<Secret, Caller> now) {
        callers.putAll(now);
        callers.keySet().retainAll(now.keySet());
    }

    /** Who is calling, if the request carries a valid token. */
    public @Nullable Caller find(ServerRequest request) {
        try {
            return holder(Bearer.shown(request), request.remotePeer().host());
        } catch (Problem none) {
            return null;
        }
    }

    /**
     * Who is calling.
     *
     * @throws Problem 401 without a valid token, 403 if the token's role or scopes do not cover {@code route}
     */
    Caller require(ServerRequest request, Routes.Route route) {
        Caller caller = known(request);
        Role needed = route.role();
        if (needed != null && !caller.role().covers(needed)) {
            throw Problem.forbidden("The token '" + caller.name() + "' has the role "
                    + caller.role().label() + "; this needs " + needed.label() + ".");
        }
        if (!Scopes.allow(caller.scopes(), route)) {
            throw Problem.forbidden("The token is for " + String.join(", ", caller.scopes()) + " only, and this is "
                    + route.scope() + ".");
        }
        return caller;
    }

    private Caller known(ServerRequest request) {
        Caller caller = holder(Bearer.shown(request), request.remotePeer().host());
        if (caller == null) {
            failedLogIns.note(request);
            throw Problem.unauthorized("This token is not known here; ask an admin of this server for a new one.");
        }
        return caller;
    }

    private @Nullable Caller holder(Bearer.Shown shown, String address) {
        Caller caller = ofToken(shown.token());
        return caller == null && shown.user() != null ? ofPassword(shown.user(), shown.token(), address) : caller;
    }

    /** Whose token of the scope {@code gateway} this is; null if it is none. */
    public @Nullable Caller gateway(String token) {
        Caller caller = ofToken(token);
        return caller != null && caller.scopes().contains(Scopes.GATEWAY) ? caller : null;
    }

    /** Who holds {@code token}; null if nobody does, or not any more. */
    @Nullable
    Caller ofToken(String token) {
        Secret secret = Secret.of(token);
        Caller caller = callers.get(secret);
        if (caller == null) {
            // Another process may have made it a moment ago.
            database.changes().catchUp();
            caller = callers.get(secret);
        }
        return caller == null || caller.expires() <= System.currentTimeMillis() ? null : caller;
    }

    /**
     * Who {@code user} is, if {@code password} is right.
     *
     * @throws Problem 429 if too many were tried
     */
    @Nullable
    Caller ofPassword(String user, String password, String address) {
        Users.Login login = login(user);
        return login == null ? null : passwords.holder(login, password, address);
    }

    void noteFailed(String address, String who, String method, String path) {
        failedLogIns.note(address, who, method, path);
    }

    /** {@code NAME} of the first tenant, or {@code TENANT\\NAME} as hawkBit writes it. */
    private Users.@Nullable Login login(String user) {
        int end = user.indexOf('\\');
        Long tenant = end < 0 ? Long.valueOf(FIRST_TENANT) : tenant(user.substring(0, end));
        return tenant == null ? null : new Users.Login(tenant, user.substring(end + 1));
    }

    /** Makes a token and returns it; only its hash is kept. */
    public String create(long tenant, String name, Role role) {
        String token = Secret.newToken();
        add(tenant, new Grant(name, role, null, List.of(), null), token);
        return token;
    }

    /**
     * What a token is for.
     *
     * @param user whom it belongs to; null = nobody, such as a pipeline
     * @param expires milliseconds since 1970; null = never
     */
    record Grant(
            String name,
            Role role,
            @Nullable String user,
            List<String> scopes,
            @Nullable Long expires) {}

    /**
     * {@link #create(long, String, Role)} with everything a token may have.
     *
     * @throws Problem 403 if {@code caller} would give out more than its own token may
     */
    String create(Caller caller, Grant grant) {
        Scopes.check(grant.scopes());
        boolean narrower = !grant.scopes().isEmpty() && caller.scopes().containsAll(grant.scopes());
        if (!caller.scopes().isEmpty() && !narrower) {
            throw Problem.forbidden("A token with scopes gives out tokens with no others than its own.");
        }
        if (grant.user() != null && users.find(caller.tenant(), grant.user()) == null) {
            throw Problem.badRequest("There is no user '" + grant.user() + "'.");
        }
        String token = Secret.newToken();
        add(caller.tenant(), grant, token);
        return token;
    }

    private void add(long tenant, Grant grant, String token) {
        Secret secret = Secret.of(token);
        Users.User user = grant.user() == null ? null : users.find(tenant, grant.user());
        database.change(h -> {
            h.execute(
                    "INSERT INTO api_token (tenant, name, role, hash, created, api_user, scopes, expires)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    tenant,
                    grant.name(),
                    grant.role().label(),
                    secret.hash(),
                    System.currentTimeMillis(),
                    user == null ? null : user.key(),
                    Json.string(grant.scopes()),
                    grant.expires());
            database.changes().note(Topic.TOKEN, tenant);
        });
        reload();
    }

    Users users() {
        return users;
    }

    /** @param password null = from now on this user has tokens only */
    void setPassword(long tenant, String name, @Nullable String password) {
        users.setPassword(tenant, name, password);
        reload();
    }

    void removeUser(long tenant, String name) {
        users.remove(tenant, name);
        reload();
    }

    /** A token without its secret. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Token(
            long id,
            String name,
            String role,
            long created,
            @Nullable String user,
            List<String> scopes,
            @Nullable Long expires) {
        /** True if it can do everything, always: a tenant needs one such. */
        boolean isFullAdmin() {
            return role.equals("admin") && user == null && scopes.isEmpty() && expires == null;
        }
    }

    List<Token> all(long tenant) {
        return database.read(h -> h.createQuery(
                        "SELECT t.*, u.name AS user_name FROM api_token t"
                                + " LEFT JOIN api_user u ON u.key = t.api_user WHERE t.tenant = ? AND t.session = 0 ORDER BY t.key")
                .bind(0, tenant)
                .map((rs, context) -> new Token(
                        rs.getLong("key"),
                        rs.getString("name"),
                        rs.getString("role"),
                        rs.getLong("created"),
                        rs.getString("user_name"),
                        List.of(Json.parse(rs.getString("scopes"), String[].class)),
                        rs.getLong("expires") == 0 ? null : rs.getLong("expires")))
                .list());
    }

    /** Ends a token at once; a tenant's last admin token stays. */
    synchronized void revoke(long tenant, String id) {
        List<Token> tokens = all(tenant);
        Token token = tokens.stream()
                .filter(t -> Long.toString(t.id()).equals(id))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("There is no token " + id + "."));
        long admins = tokens.stream().filter(Token::isFullAdmin).count();
        if (token.isFullAdmin() && admins == 1) {
            throw Problem.conflict("This is the last admin token; make another one first.");
        }
        database.change(h -> {
            h.execute(
                    "DELETE FROM api_token WHERE tenant = ? AND (key = ? OR made_from = ?)",
                    tenant,
                    token.id(),
                    token.id());
            database.changes().note(Topic.TOKEN, tenant);
        });
        reload();
    }

    /** Makes a tenant and returns its first admin token. */
    String createTenant(String name) {
        long tenant = database.write(h -> {
            if (h.createQuery("SELECT 1 FROM tenant WHERE name = ?")
                    .bind(0, name)
                    .mapTo(Integer.class)
                    .findOne()
                    .isPresent()) {
                throw Problem.conflict("The tenant '" + name + "' is there already.");
            }
            return h.createQuery("INSERT INTO tenant (name) VALUES (?) RETURNING key")
                    .bind(0, name)
                    .mapTo(Long.class)
                    .one();
        });
        return create(tenant, "admin", Role.ADMIN);
    }

    /** What the tenants are called. */
    List<String> tenants() {
        return database.read(h -> h.createQuery("SELECT name FROM tenant ORDER BY name")
                .mapTo(String.class)
                .list());
    }

    /** What the tenant is called. */
    public String name(long tenant) {
        return database.read(h -> h.createQuery("SELECT name FROM tenant WHERE key = ?")
                .bind(0, tenant)
                .mapTo(String.class)
                .one());
    }

    /** The key of the tenant called {@code name}, whatever its case; null if there is none. */
    public @Nullable Long tenant(String name) {
        return database.read(h -> h.createQuery("SELECT key FROM tenant WHERE lower(name) = lower(?)")
                .bind(0, name)
                .mapTo(Long.class)
                .findOne()
                .orElse(null));
    }

    /**
     * At the first start of all, makes the admin's token and leaves it in {@code file}, readable by its owner only.
     *
     * @return the token if {@code file} still holds a valid one
     */
    public @Nullable String bootstrap(Path file) {
        try {
            if (callers.isEmpty()) {
                Files.deleteIfExists(file);
                Files.createFile(file);
                if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                }
                String token = Secret.newToken();
                // Written before the database knows it: a crash between the two leaves a token that does not work
                // and is replaced, never a server that nobody can enter.
                Files.writeString(file, token + "\n");
                add(FIRST_TENANT, new Grant("admin", Role.ADMIN, null, List.of(), null), token);
                return token;
            }
            if (!Files.exists(file)) {
                return null;
            }
            String token = Files.readString(file).strip();
            return callers.containsKey(Secret.of(token)) ? token : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
