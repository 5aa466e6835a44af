package dev.updraft.server.console;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The console's cookies (RFC 6265bis): for this host alone, out of reach of scripts, never sent for another site's page. */
final class Cookies {
    static final String SESSION = "updraft-session";
    static final String SAID = "updraft-said";
    static final String THEME = "updraft-theme";

    private Cookies() {}

    /** Behind a proxy that ends TLS the proxy says so; who claims it wrongly harms only their own cookie. */
    static boolean isSecure(ServerRequest request) {
        return request.isSecure()
                || request.headers()
                        .first(HeaderNames.X_FORWARDED_PROTO)
                        .orElse("")
                        .equalsIgnoreCase("https");
    }

    /** The prefix makes browsers refuse one that was set without TLS or by a host beside this one. */
    private static String full(ServerRequest request, String name) {
        return isSecure(request) && name.equals(SESSION) ? "__Host-" + name : name;
    }

    /** Empty if there is none. */
    static String value(ServerRequest request, String name) {
        String start = full(request, name) + "=";
        for (String header : request.headers().values(HeaderNames.COOKIE)) {
            for (String pair : header.split(";")) {
                if (pair.strip().startsWith(start)) {
                    try {
                        return URLDecoder.decode(pair.strip().substring(start.length()), StandardCharsets.UTF_8);
                    } catch (IllegalArgumentException e) {
                        return "";
                    }
                }
            }
        }
        return "";
    }

    /** @param seconds how long; 0 = until the browser is closed */
    static void set(ServerRequest request, ServerResponse response, String name, String value, long seconds) {
        response.headers()
                .add(
                        HeaderNames.SET_COOKIE,
                        full(request, name) + "=" + value + "; Path=/; HttpOnly; SameSite=Strict"
                                + (isSecure(request) ? "; Secure" : "")
                                + (seconds > 0 ? "; Max-Age=" + seconds : ""));
    }

    static void drop(ServerRequest request, ServerResponse response, String name) {
        response.headers()
                .add(
                        HeaderNames.SET_COOKIE,
                        full(request, name) + "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
                                + (isSecure(request) ? "; Secure" : ""));
    }
}
