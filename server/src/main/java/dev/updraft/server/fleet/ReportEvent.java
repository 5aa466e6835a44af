package dev.updraft.server.fleet;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a device reports of an update; the numbers are the protocol's. */
public enum ReportEvent {
    DOWNLOADING(1),
    DOWNLOADED(2),
    INSTALLING(3),
    TRIAL(4),
    CONFIRMED(5),
    ROLLED_BACK(6),
    REFUSED(7),
    FAILED(8);

    private static final ReportEvent[] BY_CODE = values();

    private final int code;

    ReportEvent(int code) {
        this.code = code;
    }

    public static @Nullable ReportEvent ofCode(long code) {
        return code >= 1 && code <= BY_CODE.length ? BY_CODE[(int) code - 1] : null;
    }

    public static @Nullable ReportEvent ofLabel(String label) {
        for (ReportEvent event : BY_CODE) {
            if (event.label().equals(label)) {
                return event;
            }
        }
        return null;
    }

    public int code() {
        return code;
    }

    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
