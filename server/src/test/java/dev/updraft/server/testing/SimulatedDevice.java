package dev.updraft.server.testing;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A device that speaks JSON over HTTP as docs/reference/device-protocol.md says. */
public final class SimulatedDevice {
    public final String id;
    public final String token;
    private Endpoint fixture;
    public String digest = "00".repeat(32);
    public String version = "1.0.0";
    public String board = "stm32f407";
    public boolean trial;
    private long seq;

    public SimulatedDevice(Endpoint fixture, String id, String token) {
        this.fixture = fixture;
        this.id = id;
        this.token = token;
    }

    /** Talks to another server process from now on. */
    public SimulatedDevice at(Endpoint endpoint) {
        fixture = endpoint;
        return this;
    }

    public Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("digest", digest);
        facts.put("version", version);
        facts.put("board", board);
        facts.put("staging_size", 400_000);
        facts.put("capabilities", new ArrayList<>(List.of("heatshrink")));
        facts.put("trial", trial);
        return facts;
    }

    public Fixture.Answer checkIn() {
        return checkIn(facts());
    }

    public Fixture.Answer checkIn(Map<String, Object> facts) {
        return json("check-in", facts);
    }

    public Fixture.Answer report(String event, String about) {
        return json("reports", Map.of("seq", ++seq, "event", event, "digest", about));
    }

    public Fixture.Answer failed(String event, String about, String reason) {
        return json("reports", Map.of("seq", ++seq, "event", event, "digest", about, "reason", reason));
    }

    public Fixture.Answer json(String what, Object body) {
        return fixture.send(fixture.request("/device/v1/" + encoded() + "/" + what, token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
    }

    private String encoded() {
        return java.net.URLEncoder.encode(id, java.nio.charset.StandardCharsets.UTF_8);
    }

    public Fixture.Answer cbor(String what, byte[] body) {
        return fixture.send(fixture.request("/device/v1/" + encoded() + "/" + what, token)
                .header("Content-Type", "application/cbor")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    /** Installs what it was offered: runs it on trial. */
    public void boot(String newDigest, String newVersion) {
        digest = newDigest;
        version = newVersion;
        trial = true;
    }
}
