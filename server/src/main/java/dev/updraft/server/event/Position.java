package dev.updraft.server.event;

import dev.updraft.server.http.Problem;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the order of events: everything that becomes visible later lies behind it. The key alone is no such order where several
 * processes write, because transactions do not commit in the order of their keys.
 */
public record Position(long xid, long key) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

    public static final Position START = new Position(0, 0);

    /** @throws Problem 400 for a text that no event has as its id */
    static Position parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw Problem.badRequest("'" + text + "' is not the id of an event, such as 12-345.");
        }
        return new Position(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
    }

    @Override
    public String toString() {
        return xid + "-" + key;
    }
}
