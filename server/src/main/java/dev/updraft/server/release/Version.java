package dev.updraft.server.release;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code a.b.c} or {@code a.b.c+build}, ordered number by number; the build counts, as it does in MCUboot's header. */
public record Version(long major, long minor, long revision, long build) implements Comparable<Version> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,10})\\.(\\d{1,10})\\.(\\d{1,10})(?:\\+(\\d{1,10}))?");

    private static final Pattern LEADING = Pattern.compile("[vV]?(\\d{1,10}\\.\\d{1,10}\\.\\d{1,10})(?!\\d)");

    /** @return null if {@code text} is not a version */
    public static @Nullable Version parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            return null;
        }
        return new Version(
                Long.parseLong(m.group(1)),
                Long.parseLong(m.group(2)),
                Long.parseLong(m.group(3)),
                m.group(4) == null ? 0 : Long.parseLong(m.group(4)));
    }

    /** The version that {@code text} begins with, as in {@code v1.2.3-rc1}; null if it begins with none. */
    public static @Nullable Version leading(String text) {
        Matcher m = LEADING.matcher(text);
        return m.lookingAt() ? parse(m.group(1)) : null;
    }

    @Override
    public int compareTo(Version other) {
        int order = Long.compare(major, other.major);
        order = order != 0 ? order : Long.compare(minor, other.minor);
        order = order != 0 ? order : Long.compare(revision, other.revision);
        return order != 0 ? order : Long.compare(build, other.build);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + revision + (build == 0 ? "" : "+" + build);
    }
}
