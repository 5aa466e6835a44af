package dev.updraft.server.http;

import dev.updraft.server.store.Database;
import dev.updraft.server.store.WentBack;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/** Turns every failure into an answer: text for devices, JSON for operators, never a stack trace. */
public final class Errors {
    private static final Logger LOG = Logger.getLogger(Errors.class.getName());

    private static final long OUTAGE_LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final AtomicLong lastOutage = new AtomicLong(System.nanoTime() - OUTAGE_LOG_NANOS);

    private Errors() {}

    public static void register(HttpRouting.Builder routing) {
        routing.error(Problem.class, Errors::answer);
        routing.error(
                Database.Overloaded.class,
                (request, response, e) -> answer(request, response, Problem.unavailable(sentence(e), later())));
        routing.error(
                WentBack.class,
                (request, response, e) -> answer(request, response, Problem.unavailable(sentence(e), later())));
        routing.error(UnableToExecuteStatementException.class, Errors::refusedByDatabase);
        routing.error(
                HttpException.class,
                (request, response, e) -> say(request, response, e.status().code(), sentence(e)));
        routing.error(Throwable.class, Errors::unexpected);
    }

    /**
     * A filter around all routes: closes the connection where the answer says so. Helidon leaves that to the caller, and would read what
     * is left of a body that was turned away as the next request.
     */
    public static void closeAsSaid(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        chain.proceed();
        if (response.headers().contains(HeaderValues.CONNECTION_CLOSE) || Body.isLeft(request)) {
            Body.linger(request);
            throw new CloseConnectionException("the answer said so");
        }
    }

    /** {@code failure} as a page tells it; null if it ends the connection. */
    public static @Nullable Problem problem(ServerRequest request, Exception failure) {
        return switch (failure) {
            case Problem problem -> problem;
            case CloseConnectionException closed -> null;
            case Database.Overloaded overloaded -> Problem.unavailable(sentence(overloaded), later());
            case WentBack wentBack -> Problem.unavailable(sentence(wentBack), later());
            case HttpException http -> Problem.of(http.status().code(), sentence(http));
            default -> failed(request, failure);
        };
    }

    private static Problem failed(ServerRequest request, Exception failure) {
        if (Database.isOutage(failure)) {
            noteOutage(failure);
            return Problem.unavailable("The server's database does not answer; try again in a few seconds.", later());
        }
        if (isDiskFull(failure)) {
            return Problem.unavailable("The server has no room left on its disk.", later());
        }
        String id = UUID.randomUUID().toString();
        LOG.log(Level.SEVERE, failure, () -> "request " + id + " " + request.prologue() + " failed");
        return Problem.of(500, "The server failed; its log has the reason under " + id + ".");
    }

    /** The rest of a body that nobody has read makes the connection useless. */
    public static void closeIfLeft(ServerRequest request, ServerResponse response, Problem problem) {
        if (problem.status() == 413 || Body.isLeft(request)) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
    }

    private static void answer(ServerRequest request, ServerResponse response, Problem problem) {
        if (problem.retryAfterSeconds() > 0) {
            response.header(HeaderNames.RETRY_AFTER, Integer.toString(problem.retryAfterSeconds()));
        }
        closeIfLeft(request, response, problem);
        if (problem.status() == 401) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        Foreign usual = Foreign.of(problem.status());
        say(
                request,
                response,
                problem.status(),
                problem.sentence(),
                problem.code() == null ? usual : new Foreign(problem.code(), String.valueOf(problem.kind())));
    }

    private static void outage(ServerRequest request, ServerResponse response, Throwable outage) {
        noteOutage(outage);
        answer(
                request,
                response,
                Problem.unavailable("The server's database does not answer; try again in a few seconds.", later()));
    }

    private static void noteOutage(Throwable outage) {
        long now = System.nanoTime();
        long before = lastOutage.get();
        // Every request fails now; one line in ten seconds says why.
        if (now - before > OUTAGE_LOG_NANOS && lastOutage.compareAndSet(before, now)) {
            LOG.log(Level.WARNING, outage, () -> "the database does not answer");
        }
    }

    /** Spread, so that a fleet that was turned away does not come back in step. */
    private static int later() {
        return ThreadLocalRandom.current().nextInt(5, 31);
    }

    /** SQLSTATE 23505 (PostgreSQL) and SQLite's code 19: a unique key was taken between the look and the write. */
    private static void refusedByDatabase(
            ServerRequest request, ServerResponse response, UnableToExecuteStatementException failure) {
        if (failure.getCause() instanceof SQLException cause
                && ("23505".equals(cause.getSQLState()) || (cause.getErrorCode() & 0xff) == 19)) {
            answer(
                    request,
                    response,
                    Problem.conflict("Somebody else changed the same at the same moment; try again."));
        } else {
            unexpected(request, response, failure);
        }
    }

    private static void unexpected(ServerRequest request, ServerResponse response, Throwable failure) {
        if (Database.isOutage(failure)) {
            outage(request, response, failure);
            return;
        }
        if (isDiskFull(failure)) {
            LOG.log(Level.WARNING, "no room left on the disk");
            answer(request, response, Problem.unavailable("The server has no room left on its disk.", later()));
            return;
        }
        String asked = RequestId.current();
        String id = asked == null ? UUID.randomUUID().toString() : asked;
        LOG.log(Level.SEVERE, failure, () -> "request " + id + " " + request.prologue() + " failed");
        say(request, response, 500, "The server failed; its log has the reason under " + id + ".");
    }

    public static boolean isDiskFull(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // ENOSPC has no exception of its own in Java.
            if (cause instanceof IOException && sentence(cause).contains("No space left on device")) {
                return true;
            }
        }
        return false;
    }

    private static void say(ServerRequest request, ServerResponse response, int status, String sentence) {
        say(request, response, status, sentence, Foreign.of(status));
    }

    private static void say(
            ServerRequest request, ServerResponse response, int status, String sentence, Foreign foreign) {
        response.status(status);
        if (request.path().absolute().path().startsWith("/device/")) {
            response.header(HeaderValues.CONTENT_TYPE_TEXT_PLAIN).send(sentence.getBytes(StandardCharsets.UTF_8));
        } else {
            String path = request.path().absolute().path();
            boolean own = path.startsWith("/api/") || path.startsWith("/health") || path.startsWith("/metrics");
            Json.send(
                    response,
                    status,
                    own
                            ? Map.of("error", sentence)
                            : Map.of(
                                    "error",
                                    sentence,
                                    "message",
                                    sentence,
                                    "errorCode",
                                    foreign.code(),
                                    "exceptionClass",
                                    foreign.kind()));
        }
    }

    /** hawkBit's words for a failure, which its clients look for. */
    private record Foreign(String code, String kind) {
        private static final String REPOSITORY = "org.eclipse.hawkbit.repository.exception.";

        static Foreign of(int status) {
            String code = "hawkbit.server.error.";
            return switch (status) {
                case 400, 413, 415 ->
                    new Foreign(
                            code + "rest.body.notReadable",
                            "org.eclipse.hawkbit.rest.exception.MessageNotReadableException");
                case 401, 403 ->
                    new Foreign(code + "insufficientPermission", REPOSITORY + "InsufficientPermissionException");
                case 404 -> new Foreign(code + "repo.entityNotFound", REPOSITORY + "EntityNotFoundException");
                case 409 -> new Foreign(code + "repo.entityAlreadyExists", REPOSITORY + "EntityAlreadyExistsException");
                case 423 -> new Foreign(code + "locked", REPOSITORY + "LockedException");
                case 429 -> new Foreign(code + "quota.tooManyEntries", REPOSITORY + "AssignmentQuotaExceededException");
                case 501 -> new Foreign(code + "notImplemented", "java.lang.UnsupportedOperationException");
                default -> new Foreign(code + "repo.genericError", REPOSITORY + "GenericException");
            };
        }
    }

    private static String sentence(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }
}
