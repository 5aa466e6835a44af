package dev.updraft.server.artifact;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;

/** Artifacts whose bytes have rotted, were cut off or are gone: they are neither served nor offered until they are uploaded again. */
public final class Damaged {
    private static final Logger LOG = Logger.getLogger(Damaged.class.getName());

    private final Set<String> artifacts = ConcurrentHashMap.newKeySet();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** {@code listener} is called when an artifact is found damaged, or is whole again. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Their SHA-256, in hex. */
    public Set<String> all() {
        return Set.copyOf(artifacts);
    }

    public boolean has(String sha256) {
        return artifacts.contains(sha256);
    }

    /** @param how what is wrong with it, for the log */
    void found(String sha256, String how) {
        if (artifacts.add(sha256)) {
            LOG.severe("artifact " + sha256 + " " + how
                    + "; it is not served or offered until the same file is uploaded again");
            listeners.forEach(Runnable::run);
        }
    }

    void mended(String sha256) {
        if (artifacts.remove(sha256)) {
            LOG.info("artifact " + sha256 + " is whole again");
            listeners.forEach(Runnable::run);
        }
    }
}
