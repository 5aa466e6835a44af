package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.http.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a device tells of an action. Members that are not known, and ids and times in any form, are passed over.
 *
 * @param code the device's own
 */
record Feedback(
        Execution execution, Finished finished, @Nullable Long code, List<String> details) {
    private static final int MOST_DETAILS = 50;
    private static final int LONGEST_DETAIL = 512;

    /** What the device is doing. */
    enum Execution {
        CLOSED,
        PROCEEDING,
        CANCELED,
        SCHEDULED,
        REJECTED,
        RESUMED,
        DOWNLOADED,
        DOWNLOAD
    }

    /** How it came out. */
    enum Finished {
        SUCCESS,
        FAILURE,
        NONE
    }

    /** @throws Problem 400 for a body without status.execution and status.result.finished, or with a word that is not known there */
    static Feedback of(JsonNode body) {
        JsonNode status = body.path("status");
        return new Feedback(
                word(Execution.class, status.path("execution"), "status.execution"),
                word(Finished.class, status.path("result").path("finished"), "status.result.finished"),
                code(status),
                details(status));
    }

    static @Nullable Long code(JsonNode status) {
        JsonNode code = status.path("code");
        return code.isIntegralNumber() && code.canConvertToLong() ? code.longValue() : null;
    }

    static List<String> details(JsonNode status) {
        List<String> details = new ArrayList<>();
        if (status.path("details").size() > MOST_DETAILS) {
            throw Refusal.QUOTA.of("Feedback has at most " + MOST_DETAILS + " details.");
        }
        for (JsonNode detail : status.path("details")) {
            if (detail.isString()) {
                String text = detail.asString();
                details.add(text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) : text);
            }
        }
        Long code = code(status);
        if (code != null) {
            details.add("Device reported status code: " + code);
        }
        return details;
    }

    static <E extends Enum<E>> E word(Class<E> words, JsonNode value, String where) {
        String text = value.isString() ? value.asString() : "";
        for (E word : words.getEnumConstants()) {
            if (word.name().equalsIgnoreCase(text)) {
                return word;
            }
        }
        throw Problem.badRequest("'" + where + "' must be one of hawkBit's words, and "
                + (value.isMissingNode() ? "is missing." : "'" + text + "' is none."));
    }

    boolean closed() {
        return execution == Execution.CLOSED;
    }

    boolean failed() {
        return finished == Finished.FAILURE;
    }

    /** hawkBit's word for it in the log of the action. */
    String type() {
        return switch (execution) {
            case CLOSED -> failed() ? "error" : "finished";
            case CANCELED -> "canceled";
            case REJECTED -> "warning";
            case DOWNLOAD -> "download";
            case DOWNLOADED -> "downloaded";
            case PROCEEDING, SCHEDULED, RESUMED -> "running";
        };
    }

    /** What the device said, or hawkBit's words for it if it said nothing. */
    List<String> words() {
        return details.isEmpty() ? List.of(ActionLog.SERVER + "Target " + silent() + ".") : details;
    }

    private String silent() {
        return switch (execution) {
            case CLOSED -> failed() ? "reported CLOSED with ERROR!" : "reported CLOSED with OK!";
            case CANCELED -> "confirmed cancellation.";
            case REJECTED -> "REJECTED update";
            case DOWNLOAD -> "confirmed download start";
            case DOWNLOADED -> "confirmed download finished";
            case PROCEEDING, SCHEDULED, RESUMED -> "reported " + execution;
        };
    }

    /** What the device said to being stopped, between hawkBit's words for it. */
    List<String> aboutStopping() {
        List<String> words = new ArrayList<>();
        switch (execution) {
            case CANCELED ->
                words.add(
                        ActionLog.SERVER + "Target reported cancel for a cancel which is not supported by the server.");
            case REJECTED -> words.add(ActionLog.SERVER + "Target rejected the cancellation request.");
            case CLOSED ->
                words.add(ActionLog.SERVER
                        + (failed() ? "Target was not able to complete cancellation." : "Cancellation confirmed."));
            case PROCEEDING, SCHEDULED, RESUMED, DOWNLOADED, DOWNLOAD -> {}
        }
        words.addAll(details);
        if (closed() && !failed()) {
            // Misspelled there, and looked for so.
            words.add(ActionLog.SERVER + "Cancellation completion is finished sucessfully.");
        }
        return words;
    }

    /** The device's word for what went wrong: the first of its details. */
    @Nullable
    String reason() {
        if (!failed()) {
            return null;
        }
        String reason = details.isEmpty() ? "failed" : details.getFirst();
        return reason.length() > 64 ? reason.substring(0, 64) : reason;
    }
}
