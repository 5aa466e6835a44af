package dev.updraft.server.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Versions in a row, and arcs from each to those that may be moved to from it.
 *
 * @param width of the SVG
 */
record Graph(List<Node> nodes, List<Arc> arcs, int width, int height) {
    private static final int STEP = 110;
    private static final int MARGIN = 60;
    private static final int MOST_ARCS = 200;
    private static final int BELOW = 34;

    /** @param devices that run it */
    record Node(int x, String version, long devices, boolean goal) {}

    /**
     * @param path of SVG
     * @param chosen whether devices go this way to the release
     */
    record Arc(String path, boolean chosen, String text) {}

    static Graph of(ReleasePages.Paths paths, String goal, Map<String, Long> devices) {
        Map<String, Integer> place = new HashMap<>();
        List<Node> nodes = new ArrayList<>();
        for (String version : paths.versions()) {
            place.put(version, nodes.size());
            nodes.add(new Node(
                    MARGIN + nodes.size() * STEP, version, devices.getOrDefault(version, 0L), version.equals(goal)));
        }
        Set<String> chosen = new HashSet<>();
        paths.ways().values().forEach(way -> {
            for (int i = 1; i < way.size(); i++) {
                chosen.add(way.get(i - 1) + " " + way.get(i));
            }
        });
        int longest = 1;
        for (ReleasePages.Move move : paths.steps()) {
            longest = Math.max(longest, place.getOrDefault(move.to(), 0) - place.getOrDefault(move.from(), 0));
        }
        int height = Math.min(40 + longest * 22, 170);
        List<Arc> plain = new ArrayList<>();
        List<Arc> above = new ArrayList<>();
        for (ReleasePages.Move move : paths.steps()) {
            Integer from = place.get(move.from());
            Integer to = place.get(move.to());
            if (from != null && to != null) {
                boolean isChosen = chosen.contains(move.from() + " " + move.to());
                double rise = (height - 20) * Math.min(1, (double) (to - from) / longest * 2);
                (isChosen ? above : plain)
                        .add(new Arc(arc(from, to, height, rise), isChosen, move.from() + " to " + move.to()));
            }
        }
        List<Arc> arcs = new ArrayList<>(plain.subList(0, Math.min(MOST_ARCS, plain.size())));
        arcs.addAll(above);
        return new Graph(nodes, arcs, 2 * MARGIN + Math.max(0, nodes.size() - 1) * STEP, height + BELOW);
    }

    private static String arc(int from, int to, int y, double rise) {
        int x1 = MARGIN + from * STEP + 7;
        int x2 = MARGIN + to * STEP - 9;
        return String.format(
                Locale.ROOT,
                "M%d %d C%d %.0f %d %.0f %d %d",
                x1,
                y - 4,
                x1 + 20,
                y - rise,
                x2 - 20,
                y - rise,
                x2,
                y - 4);
    }

    /** Where the versions stand. */
    int line() {
        return height - BELOW;
    }
}
