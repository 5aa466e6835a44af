package dev.updraft.server.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A request that cannot be served; the message is one sentence that the caller can act on. */
public final class Problem extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final int retryAfterSeconds;
    private final @Nullable String code;
    private final @Nullable String kind;

    private Problem(int status, String sentence, int retryAfterSeconds, @Nullable Throwable cause) {
        this(status, sentence, retryAfterSeconds, cause, null, null);
    }

    private Problem(
            int status,
            String sentence,
            int retryAfterSeconds,
            @Nullable Throwable cause,
            @Nullable String code,
            @Nullable String kind) {
        // No stack trace: these are answers, and a flood of bad requests must stay cheap.
        super(sentence, cause, false, false);
        this.status = status;
        this.retryAfterSeconds = retryAfterSeconds;
        this.code = code;
        this.kind = kind;
    }

    /**
     * In the words of another server's API.
     *
     * @param code what its clients look for
     * @param kind its name for the failure
     */
    public static Problem foreign(int status, String sentence, String code, String kind) {
        return new Problem(status, sentence, 0, null, code, kind);
    }

    public static Problem badRequest(String sentence) {
        return new Problem(400, sentence, 0, null);
    }

    public static Problem unauthorized(String sentence) {
        return new Problem(401, sentence, 0, null);
    }

    public static Problem forbidden(String sentence) {
        return new Problem(403, sentence, 0, null);
    }

    public static Problem notFound(String sentence) {
        return new Problem(404, sentence, 0, null);
    }

    public static Problem conflict(String sentence) {
        return new Problem(409, sentence, 0, null);
    }

    public static Problem notAcceptable(String sentence) {
        return new Problem(406, sentence, 0, null);
    }

    /** A part of another server's API that this one does not have. */
    public static Problem notImplemented(String sentence) {
        return new Problem(501, sentence, 0, null);
    }

    /** What was there for the caller is not any more. */
    public static Problem gone(String sentence) {
        return new Problem(410, sentence, 0, null);
    }

    public static Problem tooLarge(String sentence) {
        return new Problem(413, sentence, 0, null);
    }

    public static Problem unsupportedType(String sentence) {
        return new Problem(415, sentence, 0, null);
    }

    /** What it is about may not change any more (RFC 4918 section 11.3). */
    public static Problem locked(String sentence) {
        return new Problem(423, sentence, 0, null);
    }

    public static Problem methodNotAllowed(String sentence) {
        return new Problem(405, sentence, 0, null);
    }

    public static Problem tooMany(String sentence, int retryAfterSeconds) {
        return new Problem(429, sentence, retryAfterSeconds, null);
    }

    public static Problem unavailable(String sentence, int retryAfterSeconds) {
        return new Problem(503, sentence, retryAfterSeconds, null);
    }

    /** Any other status. */
    static Problem of(int status, String sentence) {
        return new Problem(status, sentence, 0, null);
    }

    public int status() {
        return status;
    }

    /** What {@code Retry-After} says; 0 = not sent. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    public String sentence() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** What clients of another server's API look for; null = what goes with the status. */
    public @Nullable String code() {
        return code;
    }

    /** That server's name for the failure; null = what goes with the status. */
    public @Nullable String kind() {
        return kind;
    }
}
