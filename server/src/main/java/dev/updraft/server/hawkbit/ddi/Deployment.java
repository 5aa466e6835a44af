package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.release.Release;
import dev.updraft.server.rollout.Action;
import dev.updraft.server.rollout.CronWindow;
import dev.updraft.server.rollout.InstallMode;
import dev.updraft.server.rollout.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An update as hawkBit's clients read it: how to take it, and what it is made of. */
final class Deployment {
    private final Hashes hashes;
    private final Metadata metadata;

    Deployment(Hashes hashes, Metadata metadata) {
        this.hashes = hashes;
        this.metadata = metadata;
    }

    /** {@code forced}, {@code attempt} or {@code skip}: what a device may do with the bytes, and with the installation. */
    record Handling(
            String download, String update, @Nullable String window) {
        static Handling of(InstallMode mode, long now) {
            CronWindow window = mode.window();
            boolean shut = window != null && !window.isOpen(now);
            String how = mode.forced(now) ? "forced" : "attempt";
            return new Handling(
                    shut ? "forced" : how,
                    shut || mode.downloadOnly() ? "skip" : how,
                    window == null ? null : shut ? "unavailable" : "available");
        }

        /** A number that changes whenever any of it does: clients that saw the same link before read it again. */
        long tag() {
            return Integer.toUnsignedLong(hashCode());
        }
    }

    ObjectNode json(String member, Action action, Release release, Release.Image image, String base, Links links) {
        Update update = action.update();
        ObjectNode body = HawkbitJson.object().put("id", Long.toString(update.action()));
        ObjectNode deployment = body.putObject(member);
        Handling handling = Handling.of(update.mode(), System.currentTimeMillis());
        deployment.put("download", handling.download()).put("update", handling.update());
        if (handling.window() != null) {
            deployment.put("maintenanceWindow", handling.window());
        }
        ArrayNode chunks = deployment.putArray("chunks");
        // The newest first, as hawkBit's sets show them.
        new ArrayList<>(modules(release, image).entrySet()).reversed().forEach(entry -> {
            String module = entry.getKey();
            List<Release.File> files = entry.getValue();
            Release.File first = files.getFirst();
            ObjectNode chunk = chunks.addObject()
                    .put("part", part(first.part()))
                    .put("version", first.version())
                    .put("name", first.name());
            addMetadata(chunk, first.module());
            chunk.set("artifacts", artifacts(files, base + "/softwaremodules/" + module + "/artifacts", links));
        });
        return body;
    }

    /** What operators want devices to know of a module. */
    private void addMetadata(ObjectNode chunk, long module) {
        for (Metadata.Entry entry :
                module == 0 ? List.<Metadata.Entry>of() : metadata.all(Metadata.Of.MODULE, module)) {
            if (entry.visible()) {
                chunk.withArray("metadata").addObject().put("key", entry.key()).put("value", entry.value());
            }
        }
    }

    ArrayNode artifacts(List<Release.File> files, String path, Links links) {
        ArrayNode artifacts = HawkbitJson.array();
        for (Release.File file : files) {
            if (file.filename() != null && file.sha256() != null) {
                artifacts.add(artifact(file, file.filename(), file.sha256(), path, links));
            }
        }
        return artifacts;
    }

    private ObjectNode artifact(Release.File file, String filename, String sha256, String path, Links links) {
        Hashes.Of of = hashes.of(sha256);
        ObjectNode artifact = HawkbitJson.object().put("filename", filename);
        artifact.putObject("hashes").put("sha1", of.sha1()).put("md5", of.md5()).put("sha256", sha256);
        artifact.put("size", file.size());
        String href = path + "/" + Links.encode(filename);
        // Zephyr's client knows no other relation than download-http, whatever it speaks.
        if (links.secure()) {
            links.add(artifact, "download", href);
            links.add(artifact, "md5sum", href + ".MD5SUM");
        }
        links.add(artifact, "download-http", href);
        links.add(artifact, "md5sum-http", href + ".MD5SUM");
        return artifact;
    }

    /** The files of each module, by the module's name in paths. An image is the only file of a module of its own. */
    static Map<String, List<Release.File>> modules(Release release, Release.Image image) {
        Map<String, List<Release.File>> modules = new LinkedHashMap<>();
        if (release.files().isEmpty()) {
            Release.File file = new Release.File(
                    0,
                    "bApp",
                    image.board(),
                    release.version(),
                    image.board() + "-" + release.version() + ".upd",
                    image.sha256(),
                    image.size());
            modules.put("image-" + release.key(), List.of(file));
            return modules;
        }
        for (Release.File file : release.files()) {
            modules.computeIfAbsent(Long.toString(file.module()), m -> new ArrayList<>())
                    .add(file);
        }
        return modules;
    }

    private static String part(String type) {
        return switch (type) {
            case "application" -> "bApp";
            case "runtime" -> "jvm";
            default -> type;
        };
    }

    /** hawkBit's word for where an action stands. */
    static String status(Update update) {
        return switch (update.state()) {
            case AWAITING_CONSENT -> "wait_for_confirmation";
            case OFFERED, DOWNLOADING, INSTALLING, TRIAL, FAILED -> "running";
            case DOWNLOADED -> "downloaded";
            case CONFIRMED -> "finished";
            case ROLLED_BACK, REFUSED -> "error";
            case CANCELLING -> "canceling";
            case CANCELLED -> "canceled";
        };
    }

    static void addHistory(ObjectNode body, Update update, List<ActionLog.Line> lines) {
        ObjectNode history = body.putObject("actionHistory");
        history.put("status", status(update).toUpperCase(Locale.ROOT));
        ArrayNode messages = history.putArray("messages");
        lines.forEach(line -> line.messages().forEach(message -> messages.add(Objects.requireNonNull(message))));
    }
}
