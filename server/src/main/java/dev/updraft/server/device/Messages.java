package dev.updraft.server.device;

import dev.updraft.server.fleet.Capability;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Digest;
import dev.updraft.server.fleet.Report;
import dev.updraft.server.fleet.ReportEvent;
import dev.updraft.server.http.Problem;
import dev.updraft.server.patch.Patches;
import dev.updraft.server.rollout.Offer;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The bodies of docs/reference/device-protocol.md; the order of the names is that of the CBOR keys. */
final class Messages {
    private static final String[] CHECK_IN = {
        "digest", "version", "board", "staging_size", "capabilities", "trial", "counter", "attributes"
    };
    private static final String[] OFFER = {"digest", "version", "url", "size", "sha256", "kind", "again"};
    private static final String[] REPORT = {"seq", "event", "digest", "reason", "detail"};
    private static final Capability[] CAPABILITIES = Capability.values();

    private Messages() {}

    static CheckIn checkIn(Encoding encoding, byte[] body) {
        CheckInBody in = new CheckInBody();
        Fields.read(encoding, body, CHECK_IN, in);
        return in.facts();
    }

    private static final class CheckInBody implements Fields.Field {
        @Nullable
        Digest digest;

        @Nullable
        String version;

        @Nullable
        String board;

        long stagingSize = -1;
        long capabilities = -1;
        boolean trial;
        long counter;
        Map<String, String> attributes = Map.of();

        @Override
        public void read(String name, Fields value) {
            switch (name) {
                case "digest" -> digest = value.digest(name);
                case "version" -> version = value.text(name, 64);
                case "board" -> board = value.text(name, 32);
                case "staging_size", "room" -> stagingSize = value.number(name);
                case "capabilities", "can" -> capabilities = capabilities(value);
                case "trial" -> trial = value.flag(name);
                case "counter" -> counter = value.number(name);
                case "attributes" -> attributes = value.texts(name, 64, 256);
                default -> {}
            }
        }

        CheckIn facts() {
            if (digest == null || version == null || board == null || stagingSize < 0 || capabilities < 0) {
                throw Problem.badRequest("A check-in needs digest, version, board, staging_size and capabilities.");
            }
            return new CheckIn(
                    digest,
                    version,
                    board,
                    stagingSize,
                    capabilities & ~Capability.FILES.bit(),
                    trial,
                    counter,
                    attributes);
        }
    }

    private static long capabilities(Fields value) {
        if (!value.isList()) {
            return value.number("capabilities");
        }
        long capabilities = 0;
        while (value.next()) {
            String name = value.text("capabilities", 32);
            for (Capability capability : CAPABILITIES) {
                if (capability.label().equals(name)) {
                    capabilities |= capability.bit();
                }
            }
        }
        return capabilities;
    }

    /** @param now milliseconds since 1970 */
    static Report report(Encoding encoding, byte[] body, long now) {
        ReportBody in = new ReportBody();
        Fields.read(encoding, body, REPORT, in);
        return in.report(now);
    }

    private static final class ReportBody implements Fields.Field {
        long seq = -1;

        @Nullable
        ReportEvent event;

        @Nullable
        Digest digest;

        @Nullable
        String reason;

        @Nullable
        String detail;

        @Override
        public void read(String name, Fields value) {
            switch (name) {
                case "seq" -> seq = value.number(name);
                case "event" -> event = event(value);
                case "digest" -> digest = value.digest(name);
                case "reason" -> reason = value.text(name, 64);
                case "detail" -> detail = value.text(name, 512);
                default -> {}
            }
        }

        Report report(long now) {
            if (seq < 0 || event == null || digest == null) {
                throw Problem.badRequest("A report needs seq, event and digest.");
            }
            return new Report(now, seq, event, digest, reason, detail);
        }
    }

    private static ReportEvent event(Fields value) {
        ReportEvent event = value.isText()
                ? ReportEvent.ofLabel(value.text("event", 32))
                : ReportEvent.ofCode(value.number("event"));
        if (event == null) {
            throw Fields.wrong("event", "one of the events of the device protocol");
        }
        return event;
    }

    static byte[] token(Encoding encoding, String token) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        try (JsonGenerator body = encoding.generator(out)) {
            body.writeStartObject(null, 1);
            if (encoding == Encoding.CBOR) {
                body.writePropertyId(1);
            } else {
                body.writeName("token");
            }
            body.writeString(token);
            body.writeEndObject();
        }
        return out.toByteArray();
    }

    /** @param patch what makes the image on this device; null = the image itself travels */
    static byte[] offer(Encoding encoding, Offer offer, Patches.@Nullable Made patch) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        String address = patch == null ? offer.image().sha256() : patch.sha256();
        long size = patch == null ? offer.image().size() : patch.size();
        byte[] sha256 = HexFormat.of().parseHex(address);
        String url = "/device/v1/artifacts/" + address;
        try (JsonGenerator body = encoding.generator(out)) {
            body.writeStartObject(null, offer.again() ? OFFER.length : OFFER.length - 1);
            if (encoding == Encoding.CBOR) {
                body.writePropertyId(1);
                body.writeBinary(offer.image().digest().bytes());
                body.writePropertyId(2);
                body.writeString(offer.release().version());
                body.writePropertyId(3);
                body.writeString(url);
                body.writePropertyId(4);
                body.writeNumber(size);
                body.writePropertyId(5);
                body.writeBinary(sha256);
                body.writePropertyId(6);
                body.writeNumber(patch == null ? 0 : 1);
                if (offer.again()) {
                    body.writePropertyId(7);
                    body.writeBoolean(true);
                }
            } else {
                body.writeStringProperty(OFFER[0], offer.image().digest().toString());
                body.writeStringProperty(OFFER[1], offer.release().version());
                body.writeStringProperty(OFFER[2], url);
                body.writeNumberProperty(OFFER[3], size);
                body.writeStringProperty(OFFER[4], address);
                body.writeStringProperty(OFFER[5], patch == null ? "image" : "delta");
                if (offer.again()) {
                    body.writeBooleanProperty(OFFER[6], true);
                }
            }
            body.writeEndObject();
        }
        return out.toByteArray();
    }
}
