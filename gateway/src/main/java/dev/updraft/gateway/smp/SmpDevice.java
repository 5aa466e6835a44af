package dev.updraft.gateway.smp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One device, in the words of an update: docs/reference/smp.md. Devices of other makes know all but {@link #self} and {@link #outcome}. */
public final class SmpDevice {
    private static final int OS = 0;
    private static final int RESET = 5;
    private static final int PARAMS = 6;
    private static final int IMAGE = 1;
    private static final int STATE = 0;
    private static final int SLOTS = 6;
    private static final int UPDRAFT = 0x5544;
    private static final int CHECK_IN = 0;
    private static final int OUTCOME = 1;

    /** Of a report of the device protocol; Jackson reads a number that is a key as its digits. */
    private static final String EVENT_KEY = "2";

    private static final int CONFIRMED = 5;

    private static final int IMAGES_MOST = 16;
    private static final int PACKET_DEFAULT = 256;
    private final SmpClient client;
    private final Patience patience;
    private int packet = PACKET_DEFAULT;
    private int window = 1;

    public SmpDevice(SmpClient client, Patience patience) {
        this.client = client;
        this.patience = patience;
    }

    /** What the device says of itself, as Updraft's do: its id, and a check-in of the device protocol in CBOR. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Self(String id, byte[] checkIn) {}

    /**
     * How the last update of one of Updraft's ended.
     *
     * @param report of the device protocol, in CBOR
     * @param confirmed whether it is that the image was confirmed
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Outcome(long seq, byte[] report, boolean confirmed) {}

    /**
     * An image in a slot.
     *
     * @param digest in hex; empty where the device names none
     */
    public record Image(int slot, String version, String digest, boolean active, boolean confirmed, boolean pending) {}

    /** Whether somebody is there; learns how long requests may be, and how many at once. */
    public void greet() throws IOException, Refusal {
        try {
            JsonNode said = client.read(OS, PARAMS, patience.greeting());
            packet = Math.clamp(said.path("buf_size").asInt(PACKET_DEFAULT) - 4, 128, 65_535);
            window = Math.clamp(said.path("buf_count").asInt(1), 1, 16);
        } catch (Refusal refusal) {
            if (!refusal.isNotSupported()) {
                throw refusal;
            }
        }
    }

    /** @return null where it is of another make */
    public @Nullable Self self() throws IOException, Refusal {
        try {
            JsonNode said = client.read(UPDRAFT, CHECK_IN, patience.answer());
            String id = said.path("id").asString("");
            byte[] checkIn =
                    said.path("check-in").isBinary() ? said.path("check-in").binaryValue() : new byte[0];
            return id.isEmpty() || checkIn.length == 0 ? null : new Self(id, checkIn);
        } catch (Refusal refusal) {
            if (refusal.isNotSupported()) {
                return null;
            }
            throw refusal;
        }
    }

    public @Nullable Outcome outcome() throws IOException, Refusal {
        JsonNode said = client.read(UPDRAFT, OUTCOME, patience.answer());
        JsonNode report = said.path("report");
        if (!report.isBinary()) {
            return null;
        }
        byte[] bytes = report.binaryValue();
        boolean confirmed = Cbor.read(bytes).path(EVENT_KEY).asInt(0) == CONFIRMED;
        return new Outcome(said.path("seq").asLong(), bytes, confirmed);
    }

    /** The server has the outcome; the device need not keep it. */
    public void acknowledge(Outcome outcome) throws IOException {
        try {
            client.write(UPDRAFT, OUTCOME, SmpClient.map().put("seq", outcome.seq()), patience.answer());
        } catch (Refusal otherOne) {
            // Another outcome has taken its place; it is read next time.
        }
    }

    public List<Image> images() throws IOException, Refusal {
        return images(client.read(IMAGE, STATE, patience.answer()));
    }

    private static List<Image> images(JsonNode said) throws IOException {
        List<Image> images = new ArrayList<>();
        for (JsonNode image : said.path("images")) {
            if (images.size() == IMAGES_MOST) {
                throw new SmpException("the device lists more images than any has");
            }
            JsonNode hash = image.path("hash");
            if (image.path("image").asInt(0) == 0) {
                images.add(new Image(
                        image.path("slot").asInt(0),
                        image.path("version").asString("0.0.0"),
                        hash.isBinary() ? HexFormat.of().formatHex(hash.binaryValue()) : "",
                        image.path("active").asBoolean(false),
                        image.path("confirmed").asBoolean(false),
                        image.path("pending").asBoolean(false)));
            }
        }
        return images;
    }

    /** Bytes that staging takes; a large number where the device does not say. */
    public long stagingSize() throws IOException {
        try {
            for (JsonNode image : client.read(IMAGE, SLOTS, patience.answer()).path("images")) {
                for (JsonNode slot : image.path("slots")) {
                    if (slot.path("slot").asInt(-1) == 1) {
                        return slot.path("size").asLong(Integer.MAX_VALUE);
                    }
                }
            }
        } catch (Refusal notSaid) {
            // Older servers have no such command: an image that is too long is refused when it comes.
        }
        return Integer.MAX_VALUE;
    }

    /** @param progress told how many bytes the device has */
    public void upload(byte[] file, byte[] sha256, IntConsumer progress) throws IOException, Refusal {
        new Upload(client, file, sha256, packet, window, patience).run(progress);
    }

    /** Install the image of this digest (in hex) at the next reset, on trial. */
    public void test(String digest) throws IOException, Refusal {
        client.write(
                IMAGE,
                STATE,
                SmpClient.map().put("hash", HexFormat.of().parseHex(digest)).put("confirm", false),
                patience.slowAnswer());
    }

    /** The image that runs works. */
    public void confirm() throws IOException, Refusal {
        client.write(IMAGE, STATE, SmpClient.map().put("confirm", true), patience.answer());
    }

    /**
     * A device that is gone before it answered has reset, too. It is asked once: one that is asked again while it tries an image takes that
     * image back.
     */
    public void reset() throws Refusal {
        try {
            client.once(Packet.WRITE, OS, RESET, SmpClient.map(), patience.greeting());
        } catch (IOException gone) {
            client.drop();
        }
    }
}
