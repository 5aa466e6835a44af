package dev.updraft.server.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many devices ran what over time: areas one upon the other, drawn in steps, for an SVG of {@link #WIDTH} by {@link #HEIGHT}.
 *
 * @param lines where the scale says a number
 */
record Chart(List<Area> areas, List<Line> lines, long begin, long end, long most) {
    static final int WIDTH = 640;
    static final int HEIGHT = 200;
    private static final int LEFT = 52;
    private static final int BOTTOM = 22;
    private static final int TOP = 8;
    private static final int COLOURS = 6;

    /** @param path of SVG */
    record Area(String version, String path, String fill, long now) {}

    record Line(double y, String text) {}

    /** What ran at one moment; milliseconds since 1970. */
    record Sample(long at, Map<String, Long> versions) {}

    /** @param versions in the order in which they are drawn, the lowest first; the rest is drawn together */
    static Chart of(List<Sample> samples, List<String> versions) {
        List<String> drawn = versions.subList(0, Math.min(COLOURS, versions.size()));
        long begin = samples.isEmpty() ? 0 : samples.getFirst().at();
        long end = samples.isEmpty() ? 1 : Math.max(samples.getLast().at(), begin + 1);
        long most = scale(samples.stream().mapToLong(Chart::sum).max().orElse(0));
        long[] below = new long[samples.size()];
        List<Area> areas = new ArrayList<>();
        Map<String, String> fills = new LinkedHashMap<>();
        drawn.forEach(version -> fills.put(version, "fill-" + (fills.size() + 1)));
        fills.put("others", "fill-7");
        fills.forEach((version, fill) -> {
            long[] above = new long[samples.size()];
            for (int i = 0; i < above.length; i++) {
                Sample sample = samples.get(i);
                long own = fill.equals("fill-7")
                        ? sum(sample)
                                - drawn.stream()
                                        .mapToLong(one -> sample.versions().getOrDefault(one, 0L))
                                        .sum()
                        : sample.versions().getOrDefault(version, 0L);
                above[i] = below[i] + own;
            }
            int last = above.length - 1;
            long now = last < 0 ? 0 : above[last] - below[last];
            boolean any = false;
            for (int i = 0; i < above.length; i++) {
                any |= above[i] > below[i];
            }
            if (any) {
                areas.add(new Area(version, path(samples, below, above, begin, end, most), fill, now));
            }
            System.arraycopy(above, 0, below, 0, above.length);
        });
        return new Chart(
                areas,
                List.of(
                        new Line(y(0, most), "0"),
                        new Line(y(most / 2, most), Words.count(most / 2)),
                        new Line(y(most, most), Words.count(most))),
                begin,
                end,
                most);
    }

    /** The colour of {@code version}: its name in console.css behind {@code fill-}. */
    String fill(String version) {
        for (Area area : areas) {
            if (area.version().equals(version)) {
                return area.fill().substring("fill-".length());
            }
        }
        return "7";
    }

    private static long sum(Sample sample) {
        return sample.versions().values().stream().mapToLong(Long::longValue).sum();
    }

    /** An even number that reads well, not below {@code most}. */
    private static long scale(long most) {
        long step = 1;
        while (step * 10 < most) {
            step *= 10;
        }
        for (long factor : new long[] {2, 4, 6, 8, 10}) {
            if (factor * step >= most) {
                return factor * step;
            }
        }
        return 20 * step;
    }

    private static double x(long at, long begin, long end) {
        return LEFT + (double) (WIDTH - LEFT) * (at - begin) / (end - begin);
    }

    private static double y(long count, long most) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (double) count / most);
    }

    /** There in steps, as what devices run is what was last known, and back along what is below. */
    private static String path(List<Sample> samples, long[] below, long[] above, long begin, long end, long most) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < above.length; i++) {
            double x = x(samples.get(i).at(), begin, end);
            if (i > 0) {
                point(path, 'L', x, y(above[i - 1], most));
            }
            point(path, i == 0 ? 'M' : 'L', x, y(above[i], most));
        }
        for (int i = above.length - 1; i >= 0; i--) {
            double x = x(samples.get(i).at(), begin, end);
            point(path, 'L', x, y(below[i], most));
            if (i > 0) {
                point(path, 'L', x, y(below[i - 1], most));
            }
        }
        return path.append('Z').toString();
    }

    private static void point(StringBuilder path, char how, double x, double y) {
        path.append(how).append(String.format(Locale.ROOT, "%.1f %.1f", x, y));
    }
}
