package dev.updraft.server.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.updraft.server.access.Caller;
import dev.updraft.server.access.OperatorApi;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Routes;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.Page;
import dev.updraft.server.http.Problem;
import dev.updraft.server.http.Trail;
import dev.updraft.server.store.Database;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Writes down every request of an operator that could change something, and serves the log at {@code /api/v1/audit}. */
public final class Audit implements OperatorApi {
    private final Database database;
    private final Operators operators;

    public Audit(Database database, Operators operators) {
        this.database = database;
        this.operators = operators;
    }

    /** A filter around all routes: what is not on disk here does not happen. */
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        Caller caller = changes(request) ? operators.find(request) : null;
        if (caller == null) {
            chain.proceed();
            return;
        }
        around(
                caller,
                request,
                request.path().absolute().path(),
                chain::proceed,
                () -> response.status().code());
    }

    /**
     * Writes down what {@code caller} asks for by {@code request} before it is done, and its outcome after.
     *
     * @param path of the operator API
     * @param status of the answer, once {@code work} is done or has failed
     */
    public void around(Caller caller, ServerRequest request, String path, Runnable work, IntSupplier status) {
        long key = begin(
                caller,
                request.prologue().method().text(),
                path,
                request.remotePeer().host());
        Trail.begin();
        try {
            work.run();
        } finally {
            String detail = Trail.end(request.prologue().query().rawValue());
            database.change(handle -> handle.execute(
                    "UPDATE audit SET status = ?, detail = ? WHERE key = ?", status.getAsInt(), detail, key));
        }
    }

    private static boolean changes(RoutingRequest request) {
        Method method = request.prologue().method();
        String path = request.path().absolute().path();
        return !method.equals(Method.GET)
                && !method.equals(Method.HEAD)
                && (path.startsWith("/api/") || path.startsWith("/rest/"));
    }

    private long begin(Caller caller, String method, String path, String address) {
        return database.write(
                handle -> handle.createQuery("INSERT INTO audit (tenant, at, who, method, path, status, address, token)"
                                + " VALUES (?, ?, ?, ?, ?, 0, ?, ?) RETURNING key")
                        .bind(0, caller.tenant())
                        .bind(1, System.currentTimeMillis())
                        .bind(2, caller.name())
                        .bind(3, method)
                        .bind(4, path.length() > 512 ? path.substring(0, 512) : path)
                        .bind(5, address)
                        .bind(6, caller.token())
                        .mapTo(Long.class)
                        .one());
    }

    /**
     * @param token key of the token; null = a password, or no operator's request
     * @param detail what was asked for and made
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            long id,
            long at,
            String who,
            String method,
            String path,
            long status,
            @Nullable String address,
            @Nullable Long token,
            @JsonRawValue @Nullable String detail) {}

    record EntryList(List<Entry> entries) {}

    @Override
    public void routes(Routes routes) {
        routes.get("/", Role.ADMIN, this::list).get("/export", Role.ADMIN, this::export);
    }

    /** All of it, oldest first, as it is read: neither side ever holds more than a part. */
    private void export(ServerRequest request, ServerResponse response) throws IOException {
        Caller caller = Caller.of(request);
        Export.Form form = Export.Form.of(request.query().first("format").orElse("ndjson"));
        long after = number(request, "after");
        response.header(HeaderNames.CONTENT_TYPE, form.type());
        try (OutputStream out = response.outputStream()) {
            out.write(form.head());
            long last = after;
            for (List<Entry> part = part(caller.tenant(), last); !part.isEmpty(); part = part(caller.tenant(), last)) {
                for (Entry entry : part) {
                    out.write(form.line(entry));
                    last = entry.id();
                }
            }
        }
    }

    private static long number(ServerRequest request, String name) {
        String text = request.query().first(name).orElse("0");
        if (!text.matches("\\d{1,18}")) {
            throw Problem.badRequest("'" + name + "' is the id of an entry.");
        }
        return Long.parseLong(text);
    }

    private List<Entry> part(long tenant, long after) {
        return database.read(
                handle -> handle.createQuery("SELECT * FROM audit WHERE tenant = ? AND key > ? ORDER BY key LIMIT 1000")
                        .bind(0, tenant)
                        .bind(1, after)
                        .map((rs, context) -> entry(rs))
                        .list());
    }

    private static Entry entry(ResultSet rs) throws SQLException {
        return new Entry(
                rs.getLong("key"),
                rs.getLong("at"),
                rs.getString("who"),
                rs.getString("method"),
                rs.getString("path"),
                rs.getLong("status"),
                rs.getString("address"),
                rs.getLong("token") == 0 ? null : rs.getLong("token"),
                rs.getString("detail"));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.of(request);
        Page page = Page.of(request, 100, 10_000);
        long before = request.query().contains("before") ? number(request, "before") : Long.MAX_VALUE;
        List<Entry> entries = database.read(handle -> handle.createQuery(
                        "SELECT * FROM audit WHERE tenant = ? AND key < ? ORDER BY key DESC LIMIT ? OFFSET ?")
                .bind(0, caller.tenant())
                .bind(1, before)
                .bind(2, page.limit())
                .bind(3, page.offset())
                .map((rs, context) -> entry(rs))
                .list());
        Json.send(response, 200, new EntryList(entries));
    }
}
