package dev.updraft.image;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code major.minor.revision+build}: 8, 8, 16 and 32 bits, as an MCUboot header holds them. */
public record Version(int major, int minor, int revision, long build) implements Comparable<Version> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,5})(?:\\+(\\d{1,10}))?");
    private static final Comparator<Version> ORDER = Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::revision)
            .thenComparingLong(Version::build);

    public Version {
        if (major < 0
                || major > 0xff
                || minor < 0
                || minor > 0xff
                || revision < 0
                || revision > 0xffff
                || build < 0
                || build > 0xffff_ffffL) {
            throw new ImageException("Version " + major + "." + minor + "." + revision + "+" + build
                    + " does not fit: major and minor go to 255, revision to 65535, build to 4294967295.");
        }
    }

    public Version(int major, int minor, int revision) {
        this(major, minor, revision, 0);
    }

    /** @throws ImageException if {@code text} is not {@code a.b.c} or {@code a.b.c+build}, or a part is too large */
    public static Version parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new ImageException("'" + text + "' is not a version: write a.b.c or a.b.c+build, like 1.4.0+17.");
        }
        return new Version(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                matcher.group(4) == null ? 0 : Long.parseLong(matcher.group(4)));
    }

    @Override
    public int compareTo(Version other) {
        return ORDER.compare(this, other);
    }

    /** {@code a.b.c}, followed by {@code +build} when that is not 0. */
    @Override
    public String toString() {
        return major + "." + minor + "." + revision + (build == 0 ? "" : "+" + build);
    }
}
