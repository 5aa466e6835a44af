package dev.updraft.server.technician;

import dev.updraft.server.http.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code /technician}: files for a browser with Web Serial or Web Bluetooth. They speak SMP to the device and the device protocol to this
 * server, with the token of the person who uses them (scope {@code gateway}); so there is nothing behind them here.
 */
public final class TechnicianPage implements HttpService {
    private static final Map<String, String> TYPES = Map.of(
            "page.html", "text/html; charset=utf-8",
            "technician.js", "text/javascript; charset=utf-8",
            "smp.js", "text/javascript; charset=utf-8",
            "pipes.js", "text/javascript; charset=utf-8",
            "worker.js", "text/javascript; charset=utf-8",
            "technician.css", "text/css; charset=utf-8");

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src data:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Map<String, byte[]> files = new HashMap<>();

    /** Reads the files. */
    public TechnicianPage() {
        for (String name : TYPES.keySet()) {
            files.put(name, read(name));
        }
    }

    private static byte[] read(String name) {
        try (InputStream in = TechnicianPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get(
                        "/",
                        (request, response) -> response.status(Status.FOUND_302)
                                .header(HeaderNames.LOCATION, "/technician/page")
                                .send())
                .get("/page", (request, response) -> send("page.html", response))
                .get("/{file}", this::file);
    }

    private void file(ServerRequest request, ServerResponse response) {
        send(request.path().pathParameters().get("file"), response);
    }

    private void send(String name, ServerResponse response) {
        byte[] bytes = files.get(name);
        String type = TYPES.get(name);
        if (bytes == null || type == null) {
            throw Problem.notFound("There is no such file.");
        }
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.header("Content-Security-Policy", POLICY);
        response.header("X-Content-Type-Options", "nosniff");
        response.header("Referrer-Policy", "no-referrer");
        response.send(bytes);
    }
}
