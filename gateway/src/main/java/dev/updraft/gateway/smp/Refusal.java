package dev.updraft.gateway.smp;

import org.jspecify.annotations.Nullable;

/** The device refused a request. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;
    private static final int GENERAL = -1;
    private static final int NOT_SUPPORTED = 8;
    private static final String[] WORDS = {
        "nothing",
        "unknown",
        "no memory",
        "invalid",
        "timeout",
        "no such entry",
        "bad state",
        "message too long",
        "not supported",
        "corrupt",
        "busy",
        "access denied",
        "version too old",
        "version too new"
    };

    private final int group;
    private final int code;
    private final @Nullable String reason;

    Refusal(int group, int code, @Nullable String reason) {
        super(describe(group, code, reason));
        this.group = group;
        this.code = code;
        this.reason = reason;
    }

    static Refusal general(int code, @Nullable String reason) {
        return new Refusal(GENERAL, code, reason);
    }

    private static String describe(int group, int code, @Nullable String reason) {
        String number = group == GENERAL
                ? code < WORDS.length ? WORDS[code] : "code " + code
                : "code " + code + " of group " + group;
        return reason == null ? number : reason + " (" + number + ")";
    }

    public boolean isNotSupported() {
        return group == GENERAL && code == NOT_SUPPORTED;
    }

    /** One of SMP's own codes; -1 where it is a group's. */
    public int code() {
        return group == GENERAL ? code : -1;
    }

    /** The code of a group's own, such as the image group's 23 for a bad magic; -1 where it is none. */
    public int groupCode() {
        return group == GENERAL ? -1 : code;
    }

    /** In the device's words, if it had any. */
    public @Nullable String reason() {
        return reason;
    }
}
