package dev.updraft.rehearsal.report;

import dev.updraft.rehearsal.CryptoMode;
import dev.updraft.rehearsal.FaultKind;
import dev.updraft.rehearsal.RehearsalResult;
import dev.updraft.rehearsal.application.ApplicationResult;
import dev.updraft.rehearsal.campaign.CampaignResult;
import dev.updraft.rehearsal.campaign.Failure;
import dev.updraft.rehearsal.campaign.Sector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One web page that needs nothing beside itself: no script, no font, no picture from elsewhere. */
public final class HtmlReport {
    /** Erases that the data sheets of the STM32 F4, L4 and H7 promise for a sector. */
    private static final int ENDURANCE = 10_000;

    private HtmlReport() {}

    public static String of(RehearsalResult result) {
        Map<String, String> parts = Map.ofEntries(
                Map.entry("TITLE", text("Update rehearsal on " + result.board())),
                Map.entry("VERDICT", result.passed() ? "passed" : "failed"),
                Map.entry("HEADLINE", headline(result)),
                Map.entry("SUBJECT", subject(result)),
                Map.entry("APPLICATION", application(result.application())),
                Map.entry("NUMBERS", numbers(result)),
                Map.entry("PROMISES", result.survived() ? promises(result) : ""),
                Map.entry("PARTS", result.parts().stream().map(HtmlReport::row).collect(Collectors.joining())),
                Map.entry("FAILURES", failures(result)),
                Map.entry("SECTORS", sectors(result)),
                Map.entry("HOW", how(result)));
        String page = template();
        for (Map.Entry<String, String> part : parts.entrySet()) {
            page = page.replace("{{" + part.getKey() + "}}", part.getValue());
        }
        return page;
    }

    private static String headline(RehearsalResult result) {
        return !result.survived()
                ? format("%,d sequences went wrong", result.failed())
                : result.passed()
                        ? format("Every one of %,d power cuts was survived", result.cutPoints())
                        : "Every power cut was survived, but the new application does not work";
    }

    private static String application(ApplicationResult application) {
        String printed = application.console().isEmpty()
                ? ""
                : "<details><summary>What it printed</summary><pre>" + text(String.join("\n", application.console()))
                        + "</pre></details>";
        return format(
                "<section><h2>The application</h2><p class=\"%s\">%s</p>%s</section>",
                switch (application.verdict()) {
                    case WORKED -> "good";
                    case FAILED -> "bad";
                    case NOT_ASKED, NOT_RUN -> "unknown";
                },
                text(application.sentence()),
                printed);
    }

    private static String subject(RehearsalResult result) {
        return format(
                "<dl><dt>Board</dt><dd>%s</dd><dt>Runs now</dt><dd>%s</dd><dt>Is installed</dt><dd>%s</dd>"
                        + "<dt>Waits</dt><dd>%s</dd><dt>Bootloader</dt><dd>%s</dd><dt>Date</dt><dd>%s</dd></dl>",
                text(result.board()),
                text(result.oldImage()),
                text(result.newImage()),
                text(result.delivery()),
                text(result.bootloader()),
                LocalDate.now(ZoneOffset.UTC));
    }

    /** What the referee demands (docs/design/rehearsal.md), said to somebody who has not read it. */
    private static String promises(RehearsalResult result) {
        return format(
                "<section><h2>What held after every cut</h2><ul class=\"promises\">"
                        + "<li>The device started by itself, and only ever one of the two images, whole and verified.</li>"
                        + "<li>It ended on the new image when the power stayed; where that one never confirmed itself, on the old one.</li>"
                        + "<li>Whenever the power was off, the old image could still be brought back, until the new one was confirmed.</li>"
                        + "<li>The new image ran on trial under the watchdog, at most %d times, and never again once it was taken back.</li>"
                        + "<li>The security counter never fell, and rose only with the confirmation.</li>"
                        + "<li>No flash was programmed twice without an erase, and none that belongs to something else was touched.</li>"
                        + "</ul></section>",
                result.startsOnTrial());
    }

    private static String numbers(RehearsalResult result) {
        int operations = result.parts().stream()
                .filter(part -> part.kind() == FaultKind.POWER && part.firstCuts() == 0)
                .mapToInt(CampaignResult::operations)
                .sum();
        return number(format("%,d", result.cutPoints()), format("cut points, of %,d flash operations", operations))
                + number(format("%,d", result.sequences()), "sequences")
                + number(format("%,d", result.failed()), "failed")
                + number(
                        format("%.2f s", result.slowest().longestRecoveryMicros() / 1e6),
                        result.crypto() == CryptoMode.EXACT
                                ? "longest recovery"
                                : "longest recovery, without hashes and signatures");
    }

    private static String number(String value, String what) {
        return "<div class=\"number\"><b>" + value + "</b><span>" + what + "</span></div>";
    }

    private static String row(CampaignResult part) {
        return format(
                "<tr><th>%s</th><td>%,d</td><td>%,d</td><td>%,d</td><td>%,d</td><td>%,d</td><td class=\"%s\">%,d</td>"
                        + "<td>%.2f s</td></tr>",
                part.name(),
                part.operations(),
                part.cutPoints(),
                part.toTheEnd(),
                part.stoppedEarly(),
                part.neverRead(),
                part.failed() == 0 ? "good" : "bad",
                part.failed(),
                part.longestRecoveryMicros() / 1e6);
    }

    private static String failures(RehearsalResult result) {
        StringBuilder list = new StringBuilder();
        for (CampaignResult part : result.parts()) {
            for (Failure failure : part.failures()) {
                list.append(format(
                        "<li><b>%s</b><p>%s.</p>%s</li>",
                        text(failure.complaint()),
                        text(
                                failure.look().isEmpty()
                                        ? "After this: " + failure.cut()
                                        : "After a cut in " + failure.cut() + ", left " + failure.look()),
                        failure.console().isEmpty()
                                ? ""
                                : "<pre>" + text(String.join("\n", failure.console())) + "</pre>"));
            }
        }
        return list.isEmpty()
                ? ""
                : "<section><h2>What went wrong first</h2><ol class=\"failures\">" + list + "</ol></section>";
    }

    /** Neighbours with the same use and the same erases share a line, or the 512 pages of an L4 would fill the page. */
    private static String sectors(RehearsalResult result) {
        List<Sector> merged = new ArrayList<>();
        for (Sector sector : result.sectors()) {
            Sector last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.use().equals(sector.use()) && last.erases() == sector.erases()) {
                merged.set(
                        merged.size() - 1,
                        new Sector(last.address(), last.size() + sector.size(), last.use(), last.erases()));
            } else {
                merged.add(sector);
            }
        }
        int most = Math.max(1, merged.stream().mapToInt(Sector::erases).max().orElse(1));
        return merged.stream()
                .map(sector -> format(
                        "<tr><td><code>0x%08x</code></td><td>%,d KB</td><td class=\"text\">%s</td><td>%d</td><td>%s</td>"
                                + "<td class=\"bar\"><i style=\"width:%d%%\"></i></td></tr>",
                        sector.address(),
                        sector.size() / 1024,
                        sector.use(),
                        sector.erases(),
                        sector.erases() == 0 ? "" : format("%,d", ENDURANCE / sector.erases()),
                        100 * sector.erases() / most))
                .collect(Collectors.joining());
    }

    private static String how(RehearsalResult result) {
        String crypto = result.crypto() == CryptoMode.EXACT
                ? "Hashes and signatures were computed by the chip's own code."
                : format(
                        "The host answered two functions of the bootloader (one block of SHA-256, the check of one P-256 signature); the"
                                + " whole update and %d cut points ran with the chip's own code too, and wrote the same flash. Times"
                                + " leave these two functions out.",
                        result.compared());
        String looks = result.everyLook()
                ? "Every cut point was tried with each way in which a torn unit can read."
                : "How a torn unit reads was drawn unit by unit, and anew at each power-up.";
        String pruning = result.pruning()
                ? format("%,d states are proven; a run that reached one of them stopped there.", result.provenStates())
                : "Every sequence was run to its end.";
        String tried = result.parts().stream()
                .filter(part -> part.kind() != FaultKind.POWER)
                .map(part -> switch (part.kind()) {
                    case OUTAGE ->
                        format(
                                "The medium was silent at %,d places: for one reading, for the rest of a boot, or through the boot"
                                        + " after a power cut.",
                                part.cutPoints());
                    case NOISE -> format("One bit from the medium was wrong at %,d places.", part.cutPoints());
                    default -> format("The chip was reset at %,d instructions.", part.cutPoints());
                })
                .collect(Collectors.joining(" "));
        return format(
                "<p>%s</p><p>%s</p><p>%s</p><p>%s</p><p>The longest recovery was after a cut in %s.</p>"
                        + "<p>Seed %d, %d starts on trial, %d boards at once, %.1f s, of which the boards had %.1f s of processor time:"
                        + " %,.0f cut points a second and core.</p>",
                crypto,
                looks,
                pruning,
                tried.isEmpty() ? "Other faults than cuts of the power were not tried." : tried,
                text(result.slowest().longestRecovery()),
                result.seed(),
                result.startsOnTrial(),
                result.jobs(),
                result.seconds(),
                result.boardSeconds(),
                result.cutPointsPerSecond());
    }

    private static String template() {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.html")) {
            if (in == null) {
                throw new IllegalStateException("report.html is missing beside " + HtmlReport.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is no dependency of this room
    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("{{", "&#123;&#123;"); // what a board printed is no place of the template
    }
}
