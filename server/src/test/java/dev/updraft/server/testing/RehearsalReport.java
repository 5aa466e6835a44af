package dev.updraft.server.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@code updraft rehearse --json} writes. */
public final class RehearsalReport {
    public static final String BOOTLOADER = "b0".repeat(32);

    /** Of the image that it was rehearsed from. */
    public static final String OLD = "0a".repeat(32);

    /** No two runs take the same time, and so no two reports are the same. */
    private static final AtomicInteger SECONDS = new AtomicInteger();

    private RehearsalReport() {}

    /**
     * @param operations flash operations of the update, and of the way back
     * @param cuts at which power was cut
     */
    public static Map<String, Object> of(
            String board, byte[] image, int operations, int cuts, int cutsBack, int failed) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("passed", failed == 0);
        report.put("failed", failed);
        report.put("cutPoints", cuts + cutsBack);
        report.put("sequences", (cuts + cutsBack) * 6 / 5);
        report.put("board", board);
        report.put("oldDigest", OLD);
        report.put("newDigest", Fixture.hex(Images.digest(image)));
        report.put("bootloader", BOOTLOADER);
        report.put("parts", List.of(part("update", operations, cuts), part("roll-back", operations, cutsBack)));
        report.put("seconds", SECONDS.incrementAndGet());
        return report;
    }

    public static Map<String, Object> part(String name, int operations, int cuts) {
        return Map.of("name", name, "operations", operations, "cutPoints", cuts);
    }
}
