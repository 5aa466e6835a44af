package dev.updraft.server.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How states, reasons, numbers and times are told to people, and the colour of a state. */
final class Words {
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern(
                    "d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Words() {}

    /** The class of console.css that gives a state its colour. */
    static String colour(String state) {
        return switch (state) {
            case "offered", "downloading", "downloaded", "installing", "running" -> "move";
            case "trial" -> "trial";
            case "confirmed", "finished", "published" -> "good";
            case "rolled-back", "refused", "failed", "aborted", "withdrawn" -> "bad";
            case "awaiting-consent", "waiting", "paused", "cancelling", "cancelled", "later" -> "warn";
            default -> "idle";
        };
    }

    static String state(String state) {
        return switch (state) {
            case "awaiting-consent" -> "waits for consent";
            case "trial" -> "on trial";
            case "rolled-back" -> "rolled back";
            default -> state;
        };
    }

    /** What a device's word for a failure means (docs/reference/device-protocol.md); its own word if it is another client's. */
    static String reason(@Nullable String reason) {
        if (reason == null || reason.isBlank()) {
            return "no reason given";
        }
        return switch (reason) {
            case "signature" -> "The signature does not verify with any of the bootloader's keys";
            case "digest" -> "The image's bytes do not have the digest it names";
            case "malformed" -> "It is not an image, or its parts do not fit together";
            case "board" -> "It is for another board";
            case "counter" -> "Its security counter is lower than the device's";
            case "dependency" -> "It needs another image's version that is not there";
            case "too-large" -> "It does not fit the slot";
            case "not-confirmed" -> "It reached its server and did not confirm itself";
            case "self-test" -> "Its own self-test said no";
            case "watchdog" -> "The watchdog bit during the trial";
            case "flash" -> "The flash or the medium failed, or was silent";
            case "download" -> "The bytes fetched do not have the offered digest";
            case "network" -> "The bytes were not to be had, or the image on trial never reached its server";
            case "wear" -> "Staging was erased too often lately; the device waits";
            case "went-back-after-confirming" -> "It confirmed, and runs what it ran before";
            default -> reason;
        };
    }

    /** With its first letter as a sentence begins. */
    static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    static String shortened(String text, int most) {
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most)) + "…";
    }

    /** What a rehearsal says of the application. */
    static String application(@Nullable String verdict) {
        return switch (verdict) {
            case "WORKED" -> "was run, and worked";
            case "FAILED" -> "was run, and failed";
            case "NOT_RUN" -> "could not be run";
            case null, default -> "was not run";
        };
    }

    static String count(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    static String devices(long number) {
        return count(number) + (number == 1 ? " device" : " devices");
    }

    static String share(long part, long all) {
        return all == 0 ? "" : percent((double) part / all);
    }

    /** Of a share from 0 to 1; no rounding makes nothing of something, or all of nearly all. */
    static String percent(double share) {
        if (share > 0 && share < 0.001) {
            return "< 0.1 %";
        }
        if (share < 1 && share > 0.999) {
            return "> 99.9 %";
        }
        double percent = share * 100;
        return percent == Math.rint(percent)
                ? String.format(Locale.ENGLISH, "%.0f %%", percent)
                : String.format(Locale.ENGLISH, "%.1f %%", percent);
    }

    static String bytes(long bytes) {
        return bytes < 1_024
                ? bytes + " bytes"
                : bytes < 1_024 * 1_024
                        ? String.format(Locale.ENGLISH, "%.1f KB", bytes / 1_024.0)
                        : String.format(Locale.ENGLISH, "%.1f MB", bytes / 1_048_576.0);
    }

    /** For {@code datetime}; scripts show it in the viewer's zone. */
    static String machine(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    static String moment(long millis) {
        return MOMENT.format(Instant.ofEpochMilli(millis));
    }

    static String span(long millis) {
        Duration span = Duration.ofMillis(Math.max(0, millis));
        if (span.toDays() > 1) {
            return span.toDays() + " days";
        }
        if (span.toHours() > 1) {
            return span.toHours() + " hours";
        }
        return span.toMinutes() > 1 ? span.toMinutes() + " minutes" : span.toSeconds() + " seconds";
    }

    /** Enough of a digest to tell it from others. */
    static String start(@Nullable String digest) {
        return digest == null ? "" : digest.length() > 12 ? digest.substring(0, 12) : digest;
    }
}
