package dev.updraft.cli.demo;

import java.util.List;

/**
 * How a demo ended.
 *
 * @param updated boards that run the new version, confirmed, and of which the server knows it
 * @param bricked boards that run no application any more, or got stuck
 * @param problems a sentence for each board that is not updated
 */
record Summary(int devices, int updated, int bricked, int powerCuts, double seconds, List<String> problems) {
    boolean good() {
        return updated == devices && bricked == 0;
    }

    String json() {
        return "{\"devices\":%d,\"updated\":%d,\"bricked\":%d,\"powerCuts\":%d,\"seconds\":%.1f}"
                .formatted(devices, updated, bricked, powerCuts, seconds);
    }

    String text(String version, long megabytes) {
        return "%d of %d boards run %s, confirmed; %d bricked; %d power cuts; %.1f s, %d MB of memory"
                .formatted(updated, devices, version, bricked, powerCuts, seconds, megabytes);
    }
}
