package dev.updraft.server.hawkbit.management;

import java.sql.ResultSet;
import java.sql.SQLException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who made something and who changed it last, with the milliseconds since 1970; in the columns creator, created, changer and changed.
 *
 * @param creator empty = the server itself, or from before it was kept
 * @param changed 0 = never since
 */
record Stamp(String creator, long created, String changer, long changed) {
    static Stamp by(String creator) {
        return new Stamp(creator, System.currentTimeMillis(), "", 0);
    }

    static Stamp of(ResultSet rs) throws SQLException {
        return new Stamp(
                rs.getString("creator"), rs.getLong("created"), rs.getString("changer"), rs.getLong("changed"));
    }

    Stamp changedBy(String name) {
        return new Stamp(creator, created, name, System.currentTimeMillis());
    }

    ObjectNode put(ObjectNode view) {
        String maker = name(creator);
        return view.put("createdBy", maker)
                .put("createdAt", created)
                .put("lastModifiedBy", changed == 0 ? maker : name(changer))
                .put("lastModifiedAt", changed == 0 ? created : changed);
    }

    private static String name(String name) {
        return name.isEmpty() ? "system" : name;
    }
}
