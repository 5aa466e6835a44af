package dev.updraft.server.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives every operator's request an id: the caller's {@code X-Request-Id}, else a new one. The answer carries it, and so does every line
 * that is logged while it is served. Devices' requests have none: the answer to an idle check-in is counted in bytes.
 */
public final class RequestId {
    private static final HeaderName HEADER = HeaderNames.create("X-Request-Id");
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final Logger ACCESS = Logger.getLogger("dev.updraft.server.access");
    private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();

    static {
        ACCESS.setLevel(Level.OFF);
    }

    private RequestId() {}

    /** From now on every operator's request is logged. */
    public static void logAccess() {
        ACCESS.setLevel(Level.INFO);
    }

    /** Of the request that this thread serves. */
    public static @Nullable String current() {
        return CURRENT.get();
    }

    /** A filter around the operator API. */
    public static void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String path = request.path().absolute().path();
        if (!path.startsWith("/api/") && !path.startsWith("/rest/")) {
            chain.proceed();
            return;
        }
        String asked = request.headers().first(HEADER).orElse("");
        // Anything else could forge lines of the log, or fill it.
        String id = FORM.matcher(asked).matches()
                ? asked
                : Long.toHexString(ThreadLocalRandom.current().nextLong());
        response.header(HEADER, id);
        CURRENT.set(id);
        long begin = System.nanoTime();
        try {
            chain.proceed();
        } finally {
            if (ACCESS.isLoggable(Level.INFO)) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("method", request.prologue().method().text());
                fields.put("path", path);
                fields.put("status", response.status().code());
                fields.put("micros", (System.nanoTime() - begin) / 1_000);
                ACCESS.log(new AccessRecord(ACCESS.getName(), fields));
            }
            CURRENT.remove();
        }
    }
}
