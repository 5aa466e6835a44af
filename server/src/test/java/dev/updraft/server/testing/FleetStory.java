package dev.updraft.server.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small fleet in the middle of things, as a console has to show it: names from everywhere, updates that succeed and that fail. */
public final class FleetStory {
    /** Markup that would make elements if it were not shown as text; without what no id may have. */
    public static final String HOSTILE = "\"'><img><script>document.title='owned'<b>";

    /** The same, where anything may stand. */
    public static final String HOSTILE_TEXT =
            "\"'><img src=x onerror=document.title='owned'><script>document.title='owned'</script>";

    public final Fixture fixture;
    public final List<SimulatedDevice> devices = new ArrayList<>();
    private final Map<String, byte[]> images = new LinkedHashMap<>();

    public FleetStory(Fixture fixture) {
        this.fixture = fixture;
    }

    /** Uploads {@code version} for the F407 and publishes it to nobody; returns its number. */
    public long release(String version, String notes, String from) {
        String[] parts = version.split("\\.");
        byte[] image = Images.image(
                "stm32f407",
                Integer.parseInt(parts[0]),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                40_000);
        images.put(version, image);
        long id = fixture.upload("/api/v1/releases?notes=" + encoded(notes) + "&from=" + encoded(from), image)
                .json()
                .path("id")
                .asLong();
        fixture.post("/api/v1/releases/" + id + "/publish?to=nobody", Map.of());
        return id;
    }

    private static String encoded(String text) {
        return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
    }

    public byte[] image(String version) {
        byte[] image = images.get(version);
        if (image == null) {
            throw new IllegalArgumentException(version);
        }
        return image;
    }

    public String digest(String version) {
        return Fixture.hex(Images.digest(image(version)));
    }

    /** Registers a device that runs {@code version}. */
    public SimulatedDevice device(String id, String version, String... tags) {
        SimulatedDevice device = fixture.device(id);
        device.version = version;
        device.digest = images.containsKey(version) ? digest(version) : "11".repeat(32);
        if (tags.length > 0) {
            fixture.send(fixture.request("/api/v1/devices/" + encoded(id).replace("+", "%20"), fixture.admin())
                    .header("Content-Type", "application/json")
                    .method(
                            "PATCH",
                            java.net.http.HttpRequest.BodyPublishers.ofByteArray(
                                    Fixture.JSON.writeValueAsBytes(Map.of("tags", List.of(tags))))));
        }
        device.checkIn();
        devices.add(device);
        return device;
    }

    /** Takes {@code device} through an update to {@code version} up to {@code state}; after a failure it says {@code reason}. */
    public void update(SimulatedDevice device, String version, String state, String reason) {
        String about = digest(version);
        device.checkIn();
        for (String step : List.of("downloading", "downloaded", "installing", "trial", "confirmed")) {
            if (step.equals("trial")) {
                if (state.equals("refused") || state.equals("rolled-back")) {
                    break;
                }
                device.boot(about, version);
                device.checkIn();
            }
            device.report(step, about);
            if (step.equals("confirmed")) {
                device.trial = false;
                device.checkIn();
            }
            if (step.equals(state)) {
                return;
            }
        }
        device.failed(state, about, reason);
        device.checkIn();
    }

    public long rollout(long release, Map<String, Object> options) {
        return fixture.post("/api/v1/rollouts", Map.of("release", release, "options", options))
                .json()
                .path("id")
                .asLong();
    }

    /** A fleet of two dozen, with a rollout in its second stage. */
    public long tell() {
        release("1.0.0", "The first that left the house.", "");
        long middle = release("1.1.0", "Fixes the clock after a leap second.", ">=1.0.0");
        long next = release("1.2.0", "New radio driver; " + HOSTILE_TEXT, ">=1.1.0");
        fixture.post(
                "/api/v1/releases/" + next + "/rehearsals",
                RehearsalReport.of("stm32f407", image("1.2.0"), 420, 420, 420, 0));
        for (int i = 1; i <= 18; i++) {
            device(
                    "pump-%03d".formatted(i),
                    i % 6 == 0 ? "1.0.0" : "1.1.0",
                    "site-" + (i % 3 + 1),
                    i < 5 ? "lab" : "field");
        }
        device("مضخة-المياه-٧", "1.1.0", "site-1");
        device("משאבה-12", "1.1.0");
        device("насос-0001", "1.0.0");
        device(
                "a-device-whose-id-is-as-long-as-some-production-lines-make-them-0123456789abcdef-0123456789abcdef",
                "1.1.0",
                "a-tag-of-considerable-length-for-one-word");
        device(HOSTILE, "1.1.0");
        fixture.device("never-came");
        long done = rollout(middle, Map.of("name", "1.1 for everybody " + HOSTILE_TEXT, "dynamic", true));
        fixture.post("/api/v1/rollouts/" + done + "/pause", Map.of());
        long rollout = rollout(
                next,
                Map.of(
                        "name",
                        "1.2 in steps",
                        "filter",
                        "version==1.1.0",
                        "acceptableFailures",
                        0.3,
                        "stages",
                        List.of(
                                Map.of("percent", 20, "success", 0.5),
                                Map.of("percent", 60, "success", 0.8),
                                Map.of("percent", 100))));
        fixture.post("/api/v1/rollouts/" + rollout + "/advance", Map.of());
        String[] ends = {
            "confirmed",
            "confirmed",
            "rolled-back",
            "trial",
            "confirmed",
            "installing",
            "downloading",
            "confirmed",
            "refused",
            "confirmed"
        };
        String[] reasons = {"", "", "self-test", "", "", "", "", "", "<img src=x> & reason", ""};
        int end = 0;
        for (SimulatedDevice device : devices) {
            if (end < ends.length
                    && device.version.equals("1.1.0")
                    && device.checkIn().status() == 200) {
                update(device, "1.2.0", ends[end], reasons[end]);
                end++;
            }
        }
        return rollout;
    }
}
