package dev.updraft.server;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A device that speaks JSON over HTTP as docs/reference/device-protocol.md says. */
final class SimulatedDevice {
    final String id;
    final String token;
    private Endpoint fixture;
    String digest = "00".repeat(32);
    String version = "1.0.0";
    String board = "stm32f407";
    boolean trial;
    private long seq;

    SimulatedDevice(Endpoint fixture, String id, String token) {
        this.fixture = fixture;
        this.id = id;
        this.token = token;
    }

    /** Talks to another server process from now on. */
    SimulatedDevice at(Endpoint endpoint) {
        fixture = endpoint;
        return this;
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("digest", digest);
        facts.put("version", version);
        facts.put("board", board);
        facts.put("room", 400_000);
        facts.put("can", new ArrayList<>(List.of("heatshrink")));
        facts.put("trial", trial);
        return facts;
    }

    Fixture.Answer checkIn() {
        return checkIn(facts());
    }

    Fixture.Answer checkIn(Map<String, Object> facts) {
        return json("check-in", facts);
    }

    Fixture.Answer report(String event, String about) {
        return json("reports", Map.of("seq", ++seq, "event", event, "digest", about));
    }

    Fixture.Answer json(String what, Object body) {
        return fixture.send(fixture.request("/device/v1/" + id + "/" + what, token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Fixture.JSON.writeValueAsBytes(body))));
    }

    Fixture.Answer cbor(String what, byte[] body) {
        return fixture.send(fixture.request("/device/v1/" + id + "/" + what, token)
                .header("Content-Type", "application/cbor")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    /** Installs what it was offered: runs it on trial. */
    void boot(String newDigest, String newVersion) {
        digest = newDigest;
        version = newVersion;
        trial = true;
    }
}
