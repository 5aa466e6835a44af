package dev.updraft.emulator.debug;

import dev.updraft.emulator.core.Cpu;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Instructions by function: every one is counted, none is sampled. */
public final class Profile implements AutoCloseable {
    private static final class Node {
        final String function;
        final @Nullable Node caller;
        final Map<String, Node> callees = new TreeMap<>();
        long self;
        long calls;

        Node(String function, @Nullable Node caller) {
            this.function = function;
            this.caller = caller;
        }
    }

    /**
     * What is known of one function.
     *
     * @param self instructions of its own
     * @param total instructions of its own and of what it called
     */
    public record Line(String function, long self, long total, long calls) {}

    private final Cpu cpu;
    private final Node root = new Node("", null);
    private Node now = root;

    private Profile(Cpu cpu) {
        this.cpu = cpu;
    }

    /** Begins to count; everything is interpreted until {@link #close}. */
    public static Profile of(Cpu cpu, Symbols symbols) {
        Profile profile = new Profile(cpu);
        CallStack stack = new CallStack(cpu, symbols, new CallStack.Listener() {
            @Override
            public void entered(String function, int depth) {
                profile.now = profile.now.callees.computeIfAbsent(function, name -> new Node(name, profile.now));
                profile.now.calls++;
            }

            @Override
            public void left(String function, int depth) {
                if (profile.now.caller != null) {
                    profile.now = profile.now.caller;
                }
            }
        });
        cpu.debug()
                .onExecution(
                        (from, end, instructions) -> {
                            stack.ran(from, end);
                            profile.now.self += instructions;
                        },
                        false);
        return profile;
    }

    /** All functions, those with the most instructions of their own first. */
    public List<Line> lines() {
        Map<String, long[]> sums = new HashMap<>();
        root.callees.values().forEach(node -> add(node, new HashSet<>(), sums));
        List<Line> lines = new ArrayList<>();
        sums.forEach((function, sum) -> lines.add(new Line(function, sum[0], sum[1], sum[2])));
        lines.sort(Comparator.comparingLong(Line::self).reversed().thenComparing(Line::function));
        return lines;
    }

    /** Returns the instructions of a node and everything below; a function that is its own caller gets them once. */
    private static long add(Node node, Set<String> above, Map<String, long[]> sums) {
        boolean outermost = above.add(node.function);
        long total = node.self;
        for (Node callee : node.callees.values()) {
            total += add(callee, above, sums);
        }
        long[] sum = sums.computeIfAbsent(node.function, name -> new long[3]);
        sum[0] += node.self;
        sum[2] += node.calls;
        if (outermost) {
            sum[1] += total;
            above.remove(node.function);
        }
        return total;
    }

    /** The table for people: at most so many functions. */
    public String table(int most) {
        List<Line> lines = lines();
        long all = Math.max(1, lines.stream().mapToLong(Line::self).sum());
        StringBuilder out = new StringBuilder(
                String.format("%15s %6s %15s %6s %10s  function%n", "self", "%", "with callees", "%", "calls"));
        for (Line line : lines.subList(0, Math.min(most, lines.size()))) {
            out.append(String.format(
                    Locale.ROOT,
                    "%,15d %6.2f %,15d %6.2f %,10d  %s%n",
                    line.self,
                    line.self * 100.0 / all,
                    line.total,
                    line.total * 100.0 / all,
                    line.calls,
                    line.function));
        }
        if (lines.size() > most) {
            out.append(String.format("%d more functions%n", lines.size() - most));
        }
        return out.toString();
    }

    /** One line for each path of calls, {@code main;update;sha256 12345}, as flame graph programs read it. */
    public String folded() {
        StringBuilder out = new StringBuilder();
        root.callees.values().forEach(node -> fold(node, node.function, out));
        return out.toString();
    }

    private static void fold(Node node, String path, StringBuilder out) {
        if (node.self > 0) {
            out.append(path).append(' ').append(node.self).append('\n');
        }
        node.callees.values().forEach(callee -> fold(callee, path + ";" + callee.function, out));
    }

    /** Stops counting. */
    @Override
    public void close() {
        cpu.debug().onExecution(null, false);
    }
}
