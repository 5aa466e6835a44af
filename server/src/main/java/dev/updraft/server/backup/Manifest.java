package dev.updraft.server.backup;

import java.util.List;

/**
 * What a backup holds; the last entry of the file, so that one that was cut off has none.
 *
 * @param format of the file; this is 1
 * @param schema version of the newest migration
 * @param created milliseconds since 1970
 */
record Manifest(int format, String schema, long created, List<Table> tables, List<String> artifacts) {
    static final int FORMAT = 1;
    static final String NAME = "manifest.json";

    /**
     * @param sha256 of the table's lines, in hex
     */
    record Table(String name, List<String> columns, long rows, String sha256) {}

    static String tableEntry(String table) {
        return "tables/" + table + ".ndjson";
    }

    static String artifactEntry(String sha256) {
        return "artifacts/" + sha256;
    }
}
