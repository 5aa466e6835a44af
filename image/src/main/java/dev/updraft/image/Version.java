package dev.updraft.image;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code major.minor.revision+build}: 8, 8, 16 and 32 bits, as an MCUboot header holds them. */
public record Version(int major, int minor, int revision, long build) implements Comparable<Version> {
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9})(?:\\.(\\d{1,9})(?:\\+(\\d{1,18}))?)?)?");
    private static final Pattern PRE_RELEASE = Pattern.compile("\\d+\\.\\d+\\.\\d+-.+");
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

    /**
     * Reads {@code a}, {@code a.b}, {@code a.b.c} or {@code a.b.c+build}, as imgtool does; what is left out is 0.
     *
     * @throws ImageException if it is none of these, or a part is too large; says what to write
     */
    public static Version parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw notAVersion(text);
        }
        if (number(matcher, 1) > 0xff) {
            throw new ImageException(
                    "Version " + text + " does not fit: major goes to 255, so that a year does not fit;"
                            + " write it with two digits, like 26.11.28.");
        }
        return new Version(
                (int) number(matcher, 1), (int) number(matcher, 2), (int) number(matcher, 3), number(matcher, 4));
    }

    private static long number(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
    }

    private static ImageException notAVersion(String text) {
        String hint = ": write a.b.c or a.b.c+build, like 1.4.0+17.";
        if (TEXT.matcher(text.replaceFirst("^[vV]\\.?", "")).matches()) {
            hint = ": leave out the v, " + text.replaceFirst("^[vV]\\.?", "") + ".";
        } else if (PRE_RELEASE.matcher(text).matches()) {
            hint = ": an image's version has no pre-release part; count builds instead, "
                    + text.substring(0, text.indexOf('-')) + "+1.";
        }
        return new ImageException("'" + text + "' is not a version" + hint);
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
