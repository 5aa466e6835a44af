package dev.updraft.cli.hawkbit;

import dev.updraft.cli.UserError;
import dev.updraft.cli.fleet.Connection;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Copies what is not there yet; done twice, the second time changes nothing. */
final class HawkbitImport {
    private static final int PAGE = 500;

    private final Source source;
    private final Connection server;
    private final PrintWriter out;
    private int refused;

    HawkbitImport(Source source, Connection server, PrintWriter out) {
        this.source = source;
        this.server = server;
        this.out = out;
    }

    /** @return how much was refused */
    int run() {
        targets();
        tags();
        Map<Long, Long> modules = modules();
        distributions(modules);
        out.println("Not imported: actions and their history, rollouts, target filters, metadata, users."
                + " Devices send their attributes again when they poll.");
        return refused;
    }

    private void targets() {
        Set<String> there = new HashSet<>();
        existing("targets")
                .forEach(target -> there.add(target.path("controllerId").asString()));
        int added = 0;
        int already = 0;
        for (JsonNode target : source.list("targets")) {
            String id = target.path("controllerId").asString();
            if (!there.add(id)) {
                already++;
                continue;
            }
            ObjectNode wanted = copy(target, "controllerId", "name", "description", "securityToken");
            added += post("/rest/v1/targets", list(wanted), "target '" + id + "'") ? 1 : 0;
        }
        say("targets", added, already);
    }

    private void tags() {
        Map<String, Long> there = new HashMap<>();
        existing("targettags")
                .forEach(tag ->
                        there.put(tag.path("name").asString(), tag.path("id").asLong()));
        int added = 0;
        int already = 0;
        for (JsonNode tag : source.list("targettags")) {
            String name = tag.path("name").asString();
            if (there.containsKey(name)) {
                already++;
            } else if (post(
                    "/rest/v1/targettags", list(copy(tag, "name", "description", "colour")), "tag '" + name + "'")) {
                added++;
                existing("targettags")
                        .forEach(one -> there.put(
                                one.path("name").asString(), one.path("id").asLong()));
            }
            Long key = there.get(name);
            if (key != null) {
                ArrayNode ids = JsonNodeFactory.instance.arrayNode();
                source.list("targettags/" + tag.path("id").asLong() + "/assigned")
                        .forEach(target -> ids.add(target.path("controllerId").asString()));
                if (!ids.isEmpty()) {
                    post("/rest/v1/targettags/" + key + "/assigned", ids, "the targets of the tag '" + name + "'");
                }
            }
        }
        say("target tags", added, already);
    }

    /** Updraft's number of each software module by hawkBit's. */
    private Map<Long, Long> modules() {
        Map<String, Long> there = new HashMap<>();
        existing("softwaremodules")
                .forEach(module -> there.put(name(module), module.path("id").asLong()));
        Map<Long, Long> keys = new HashMap<>();
        int added = 0;
        int already = 0;
        for (JsonNode module : source.list("softwaremodules")) {
            String name = name(module);
            Long key = there.get(name);
            if (key != null) {
                already++;
            } else {
                ObjectNode wanted = copy(module, "type", "name", "version", "vendor", "description");
                if (!post("/rest/v1/softwaremodules", list(wanted), "software module " + name)) {
                    continue;
                }
                added++;
                existing("softwaremodules")
                        .forEach(one -> there.put(name(one), one.path("id").asLong()));
                key = java.util.Objects.requireNonNull(there.get(name));
            }
            keys.put(module.path("id").asLong(), key);
            artifacts(module.path("id").asLong(), key, name);
        }
        say("software modules", added, already);
        return keys;
    }

    private void artifacts(long from, long to, String module) {
        Set<String> there = new HashSet<>();
        server.get("/rest/v1/softwaremodules/" + to + "/artifacts")
                .forEach(artifact -> there.add(artifact.path("providedFilename").asString()));
        for (JsonNode artifact : source.list("softwaremodules/" + from + "/artifacts")) {
            String filename = artifact.path("providedFilename").asString();
            if (!there.contains(filename)) {
                copy(
                        "softwaremodules/" + from + "/artifacts/"
                                + artifact.path("id").asLong() + "/download",
                        "/rest/v1/softwaremodules/" + to + "/artifacts?sha256sum="
                                + artifact.path("hashes").path("sha256").asString("")
                                + "&filename=" + URLEncoder.encode(filename, StandardCharsets.UTF_8),
                        filename + " of " + module);
            }
        }
    }

    private void copy(String from, String to, String what) {
        try {
            Path file = Files.createTempFile("updraft-import", null);
            try {
                source.fetch(from, file);
                server.uploadForm(to.replace("sha256sum=&", ""), file);
            } catch (UserError e) {
                refuse(what, e);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void distributions(Map<Long, Long> modules) {
        Set<String> there = new HashSet<>();
        existing("distributionsets").forEach(set -> there.add(name(set)));
        int added = 0;
        int already = 0;
        for (JsonNode set : source.list("distributionsets")) {
            String name = name(set);
            if (set.path("deleted").asBoolean(false)) {
                continue;
            }
            if (!there.add(name)) {
                already++;
                continue;
            }
            ObjectNode wanted = copy(set, "type", "name", "version", "description");
            ArrayNode parts = wanted.putArray("modules");
            boolean whole = true;
            for (JsonNode module : set.path("modules")) {
                Long key = modules.get(module.path("id").asLong());
                whole &= key != null;
                if (key != null) {
                    parts.addObject().put("id", key);
                }
            }
            if (!whole) {
                refuse("distribution set " + name, new UserError("one of its software modules was not imported."));
            } else if (post("/rest/v1/distributionsets", list(wanted), "distribution set " + name)) {
                added++;
            }
        }
        say("distribution sets", added, already);
    }

    private static String name(JsonNode thing) {
        String type = thing.has("modules") ? "" : thing.path("type").asString("") + " ";
        return type + thing.path("name").asString() + " "
                + thing.path("version").asString();
    }

    private List<JsonNode> existing(String what) {
        List<JsonNode> all = new java.util.ArrayList<>();
        while (true) {
            JsonNode page = server.get("/rest/v1/" + what + "?offset=" + all.size() + "&limit=" + PAGE);
            page.path("content").forEach(all::add);
            if (page.path("content").isEmpty()
                    || all.size() >= page.path("total").asLong()) {
                return all;
            }
        }
    }

    private static ObjectNode copy(JsonNode from, String... names) {
        ObjectNode to = JsonNodeFactory.instance.objectNode();
        for (String name : names) {
            if (from.path(name).isString() && !from.path(name).asString().isBlank()) {
                to.put(name, from.path(name).asString());
            }
        }
        return to;
    }

    private static ArrayNode list(JsonNode one) {
        return JsonNodeFactory.instance.arrayNode().add(one);
    }

    private boolean post(String path, JsonNode body, String what) {
        try {
            server.post(path, body);
            return true;
        } catch (UserError e) {
            refuse(what, e);
            return false;
        }
    }

    private void refuse(String what, UserError why) {
        refused++;
        out.println("not imported: " + what + ": " + why.getMessage());
    }

    private void say(String what, int added, int already) {
        out.println(what + ": " + added + " imported, " + already + " there already");
    }
}
