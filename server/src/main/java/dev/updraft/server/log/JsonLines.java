package dev.updraft.server.log;

import dev.updraft.server.http.AccessRecord;
import dev.updraft.server.http.Json;
import dev.updraft.server.http.RequestId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Formats what is logged through java.util.logging, which every library here ends in, as a JSON object a line. */
public final class JsonLines extends Formatter {
    /** Makes every handler of this process write so. */
    public static void install() {
        Logger root = LogManager.getLogManager().getLogger("");
        for (Handler handler : root.getHandlers()) {
            handler.setFormatter(new JsonLines());
        }
        RequestId.logAccess();
    }

    @Override
    public String format(LogRecord entry) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", entry.getInstant().toString());
        line.put("level", level(entry.getLevel()));
        line.put("logger", entry.getLoggerName());
        line.put("message", message(entry));
        String request = RequestId.current();
        if (request != null) {
            line.put("request", request);
        }
        if (entry instanceof AccessRecord access) {
            line.putAll(access.fields());
        }
        if (entry.getThrown() != null) {
            StringWriter trace = new StringWriter();
            entry.getThrown().printStackTrace(new PrintWriter(trace));
            line.put("error", trace.toString());
        }
        return Json.string(line) + "\n";
    }

    private static String message(LogRecord entry) {
        String message = entry.getMessage();
        Object[] parameters = entry.getParameters();
        return message == null ? "" : parameters == null ? message : MessageFormat.format(message, parameters);
    }

    private static String level(Level level) {
        return level.intValue() >= Level.SEVERE.intValue()
                ? "error"
                : level.intValue() >= Level.WARNING.intValue()
                        ? "warning"
                        : level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
    }
}
