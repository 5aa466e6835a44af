package dev.updraft.server.release;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;

/**
 * From which version which releases may be gone to, for a picture. What a device can take beside (board, staging, counter) is its own.
 *
 * @param versions every one that is published or asked for, in order
 * @param steps the moves that releases allow
 * @param ways from each version that was asked for to the release: the versions on the shortest way; empty = there is none
 */
record Paths(List<String> versions, List<Step> steps, Map<String, List<String>> ways) {
    private static final int MOST = 60;

    record Step(String from, String to) {}

    private record Node(Version version, VersionRange from) {}

    static Paths to(Release goal, List<Release> releases, List<String> running) {
        Version target = Version.parse(goal.version());
        if (target == null) {
            return new Paths(List.of(goal.version()), List.of(), Map.of());
        }
        List<Node> nodes = new ArrayList<>();
        for (Release release : releases) {
            Version version = Version.parse(release.version());
            boolean counts = release.state() == Release.State.PUBLISHED || release.key() == goal.key();
            if (version != null && counts && version.compareTo(target) <= 0) {
                nodes.add(new Node(version, VersionRange.parse(release.from())));
            }
        }
        nodes.sort(Comparator.comparing(Node::version).reversed());
        TreeSet<Version> all = new TreeSet<>();
        nodes.stream().limit(MOST).forEach(node -> all.add(node.version()));
        Map<String, List<String>> ways = new HashMap<>();
        for (String text : running) {
            Version version = Version.parse(text);
            if (version != null && version.compareTo(target) < 0) {
                all.add(version);
                ways.put(text, way(version, target, nodes));
            }
        }
        List<Step> steps = new ArrayList<>();
        for (Node node : nodes) {
            for (Version before : all.headSet(node.version())) {
                if (all.contains(node.version()) && node.from().allows(before)) {
                    steps.add(new Step(before.toString(), node.version().toString()));
                }
            }
        }
        return new Paths(all.stream().map(Version::toString).toList(), steps, ways);
    }

    private static List<String> way(Version from, Version to, List<Node> nodes) {
        Map<Version, Version> before = new HashMap<>();
        Queue<Version> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty() && !before.containsKey(to)) {
            Version at = open.remove();
            for (Node node : nodes) {
                if (node.version().compareTo(at) > 0
                        && node.from().allows(at)
                        && before.putIfAbsent(node.version(), at) == null) {
                    open.add(node.version());
                }
            }
        }
        List<String> way = new ArrayList<>();
        for (Version at = to; before.containsKey(at); at = before.get(at)) {
            way.addFirst(at.toString());
        }
        if (!way.isEmpty()) {
            way.addFirst(from.toString());
        }
        return way;
    }
}
