package dev.updraft.server.http;

import dev.updraft.server.store.Database;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Turns every failure into an answer: text for devices, JSON for operators, never a stack trace. */
public final class Errors {
    private static final Logger LOG = Logger.getLogger(Errors.class.getName());

    private Errors() {}

    public static void register(HttpRouting.Builder routing) {
        routing.error(Problem.class, Errors::answer);
        routing.error(
                Database.Overloaded.class,
                (request, response, e) -> answer(request, response, Problem.unavailable(sentence(e), 5)));
        routing.error(
                HttpException.class,
                (request, response, e) -> say(request, response, e.status().code(), sentence(e)));
        routing.error(Throwable.class, Errors::unexpected);
    }

    private static void answer(ServerRequest request, ServerResponse response, Problem problem) {
        if (problem.retryAfterSeconds() > 0) {
            response.header(HeaderNames.RETRY_AFTER, Integer.toString(problem.retryAfterSeconds()));
        }
        if (problem.status() == 413) {
            // The rest of the body is not read, so the connection cannot carry another request.
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        if (problem.status() == 401) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        say(request, response, problem.status(), problem.sentence());
    }

    private static void unexpected(ServerRequest request, ServerResponse response, Throwable failure) {
        String id = UUID.randomUUID().toString();
        LOG.log(Level.SEVERE, failure, () -> "request " + id + " " + request.prologue() + " failed");
        say(request, response, 500, "The server failed; its log has the reason under " + id + ".");
    }

    private static void say(ServerRequest request, ServerResponse response, int status, String sentence) {
        response.status(status);
        if (request.path().absolute().path().startsWith("/device/")) {
            response.header(HeaderValues.CONTENT_TYPE_TEXT_PLAIN).send(sentence.getBytes(StandardCharsets.UTF_8));
        } else {
            Json.send(response, status, Map.of("error", sentence));
        }
    }

    private static String sentence(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }
}
