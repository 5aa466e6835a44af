package dev.updraft.server.http;

import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** One operator's request and its answer. */
public final class AccessRecord extends LogRecord {
    private static final long serialVersionUID = 1;

    private final transient Map<String, Object> fields;

    AccessRecord(String logger, Map<String, Object> fields) {
        super(Level.INFO, fields.get("method") + " " + fields.get("path") + " " + fields.get("status"));
        setLoggerName(logger);
        this.fields = fields;
    }

    public Map<String, Object> fields() {
        return fields;
    }
}
