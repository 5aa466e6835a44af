package dev.updraft.server.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Kills a server under full load, again and again, and looks whether anything that it had acknowledged is gone, and whether any
 * device was offered what it should not have been. Devices register, check in, report and confirm; an operator publishes, pauses,
 * resumes and withdraws.
 */
public final class Loss {
    private static final String BOARD = "stm32f407";
    private static final String OTHER_BOARD = "stm32l476";
    private static final int REPORTS_OF_A_DEVICE = 8;
    private static final List<String> WALK = List.of("downloading", "downloaded", "installing", "trial");

    private final Path data;
    private final @Nullable String database;
    private final int devicesAtOnce;
    private final Random random;

    private final AtomicInteger names = new AtomicInteger();
    private final Queue<Life> lives = new ConcurrentLinkedQueue<>();
    private final Map<String, Version> versions = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong offers = new AtomicLong();
    private volatile CountDownLatch acknowledged = new CountDownLatch(0);
    private volatile CountDownLatch changed = new CountDownLatch(0);

    /** Nobody stops it: whatever the operator does, and however slow the machine is, there is something to offer. */
    private @Nullable Version steady;

    private long registrations;
    private long reports;
    private long changes;
    private int minor;

    /** A device and what the server has acknowledged of it. */
    private static final class Life {
        public final SimulatedDevice device;
        public final List<Long> acknowledged = new ArrayList<>();

        @Nullable
        public String confirmed;

        public Life(SimulatedDevice device) {
            this.device = device;
        }
    }

    /** A release with its one rollout, and what the server must know of it. */
    private static final class Version {
        public final String digest;
        public final long release;
        public final long rollout;
        public final AtomicLong confirmations = new AtomicLong();

        /** Counts up before every change that lets it be offered again: an answer from before and after is judged by neither. */
        public final AtomicInteger opened = new AtomicInteger();

        /** True once the server has acknowledged that it is to be offered to nobody. */
        volatile boolean closed;

        volatile boolean withdrawn;

        /** States that the rollout may be in: the acknowledged one, and the one asked for if there was no answer. */
        volatile List<String> states = List.of("running");

        public Version(String digest, long release, long rollout) {
            this.digest = digest;
            this.release = release;
            this.rollout = rollout;
        }
    }

    public Loss(Path data, @Nullable String database, int devicesAtOnce, long seed) {
        this.data = data;
        this.database = database;
        this.devicesAtOnce = devicesAtOnce;
        this.random = new Random(seed);
    }

    /** What was acknowledged in all, and everything that was wrong. */
    public record Outcome(
            int kills, long registrations, long reports, long changes, long offers, List<String> violations) {}

    public Outcome run(int kills) throws InterruptedException {
        for (int kill = 0; kill < kills; kill++) {
            try (ServerProcess server = new ServerProcess(data, database)) {
                verify(server);
                if (versions.isEmpty()) {
                    steady = publish(server);
                }
                load(server, 50 + random.nextInt(500), random.nextInt(100));
            }
        }
        try (ServerProcess server = new ServerProcess(data, database)) {
            verify(server);
        }
        return new Outcome(kills, registrations, reports, changes, offers.get(), List.copyOf(violations));
    }

    /**
     * Kills {@code server} some milliseconds after it has acknowledged so many things of devices, and a change of the operator: on a
     * slow machine as on a fast one it has work.
     */
    private void load(ServerProcess server, int acknowledgements, int millis) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(acknowledgements);
        CountDownLatch moved = new CountDownLatch(1);
        acknowledged = done;
        changed = moved;
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            workers.execute(() -> operate(server));
            for (int i = 0; i < devicesAtOnce; i++) {
                workers.execute(() -> live(server));
            }
            if (!done.await(5, TimeUnit.MINUTES) || !moved.await(5, TimeUnit.MINUTES)) {
                violations.add("in five minutes the server acknowledged only " + (acknowledgements - done.getCount())
                        + " to devices and " + (1 - moved.getCount()) + " to the operator");
            }
            Thread.sleep(millis);
            server.kill();
        }
    }

    /** One device after the other until the server is gone. */
    private void live(ServerProcess server) {
        try {
            while (true) {
                int name = names.incrementAndGet();
                Life life = new Life(server.device("d" + name));
                life.device.board = name % 4 == 0 ? OTHER_BOARD : BOARD;
                lives.add(life);
                acknowledged.countDown();
                update(life);
            }
        } catch (RuntimeException gone) {
            // What was under way was not acknowledged.
        }
    }

    private void update(Life life) {
        Map<String, Integer> closedBefore = closed();
        JsonNode offer = checkIn(life, closedBefore);
        if (offer == null) {
            for (int i = 0; i < REPORTS_OF_A_DEVICE; i++) {
                report(life, "failed", "11".repeat(32));
            }
            return;
        }
        String digest = offer.path("digest").asString();
        for (String event : WALK) {
            report(life, event, digest);
        }
        life.device.boot(digest, offer.path("version").asString());
        life.device.trial = false;
        report(life, "confirmed", digest);
        life.confirmed = digest;
    }

    private Map<String, Integer> closed() {
        Map<String, Integer> closed = new ConcurrentHashMap<>();
        versions.forEach((name, version) -> {
            if (version.closed) {
                closed.put(name, version.opened.get());
            }
        });
        return closed;
    }

    private @Nullable JsonNode checkIn(Life life, Map<String, Integer> closedBefore) {
        Fixture.Answer answer = life.device.checkIn();
        if (answer.status() == 401) {
            violations.add(life.device.id + " is registered and is not known");
        }
        if (answer.status() != 200) {
            return null;
        }
        offers.incrementAndGet();
        String name = answer.json().path("version").asString();
        Version version = versions.get(name);
        Integer opened = closedBefore.get(name);
        if (life.device.board.equals(OTHER_BOARD)) {
            violations.add(life.device.id + " was offered " + name + ", which is for another board");
        } else if (version != null && opened != null && opened == version.opened.get()) {
            violations.add(life.device.id + " was offered " + name + " after it had been stopped");
        }
        return answer.json();
    }

    private void report(Life life, String event, String digest) {
        long number = life.acknowledged.size() + 1L;
        Fixture.Answer answer = life.device.json("reports", Map.of("seq", number, "event", event, "digest", digest));
        if (answer.status() == 204) {
            life.acknowledged.add(number);
            acknowledged.countDown();
        } else {
            throw new IllegalStateException("not taken: " + answer.status());
        }
    }

    private void operate(ServerProcess server) {
        try {
            while (true) {
                List<Version> all = versions.values().stream()
                        .filter(version -> version != steady)
                        .toList();
                if (all.isEmpty() || random.nextInt(4) == 0) {
                    publish(server);
                    continue;
                }
                Version version = all.get(random.nextInt(all.size()));
                if (version.withdrawn || !version.states.equals(List.of("running"))) {
                    resume(server, version);
                } else if (random.nextInt(3) > 0) {
                    stop(server, version, "/api/v1/rollouts/" + version.rollout + "/pause", "paused");
                } else {
                    stop(server, version, "/api/v1/releases/" + version.release + "/withdraw", "running");
                    version.withdrawn = true;
                }
            }
        } catch (RuntimeException gone) {
            // The change under way may or may not have taken place: both states are allowed.
        }
    }

    private Version publish(ServerProcess server) {
        String name = "1." + ++minor + ".0";
        byte[] image = Images.image(BOARD, 1, minor, 0, 100);
        long release =
                accepted(server.upload("/api/v1/releases", image)).path("id").asLong();
        accepted(server.post("/api/v1/releases/" + release + "/publish?to=nobody", Map.of()));
        // Devices that a kill cut off come back with the old image, which would count against the rollout and pause it.
        Map<String, Object> options = Map.of("acceptableFailures", 0.99);
        long rollout = accepted(server.post("/api/v1/rollouts", Map.of("release", release, "options", options)))
                .path("id")
                .asLong();
        count(3);
        Version version = new Version(Fixture.hex(Images.digest(image)), release, rollout);
        versions.put(name, version);
        return version;
    }

    private void count(int more) {
        changes += more;
        changed.countDown();
    }

    private void stop(ServerProcess server, Version version, String path, String state) {
        version.states = List.of("running", state);
        accepted(server.post(path, Map.of()));
        count(1);
        version.states = List.of(state);
        version.closed = true;
    }

    private void resume(ServerProcess server, Version version) {
        if (version.withdrawn || !version.states.equals(List.of("paused"))) {
            return;
        }
        version.closed = false;
        version.opened.incrementAndGet();
        version.states = List.of("paused", "running");
        accepted(server.post("/api/v1/rollouts/" + version.rollout + "/resume", Map.of()));
        count(1);
        version.states = List.of("running");
    }

    private static JsonNode accepted(Fixture.Answer answer) {
        if (answer.status() >= 300) {
            throw new IllegalStateException(answer.text());
        }
        return answer.json();
    }

    /** Everything that was acknowledged since the last start is there. */
    private void verify(ServerProcess server) {
        for (Life life = lives.poll(); life != null; life = lives.poll()) {
            verify(server, life);
        }
        versions.forEach((name, version) -> {
            JsonNode found = server.get("/api/v1/rollouts/" + version.rollout).json();
            String state = found.path("rollout").path("state").asString();
            if (!version.states.contains(state)) {
                String reason = found.path("rollout").path("reason").asString("no reason");
                violations.add("the rollout of " + name + " is " + state + " (" + reason + "), not " + version.states);
            }
            version.states = List.of(state);
            version.closed = version.withdrawn || state.equals("paused");
            long confirmed = found.path("progress").path("confirmed").asLong();
            if (confirmed < version.confirmations.get()) {
                violations.add(name + " has " + confirmed + " confirmed, not " + version.confirmations.get());
            }
            String release = server.get("/api/v1/releases/" + version.release)
                    .json()
                    .path("state")
                    .asString();
            if (version.withdrawn && !release.equals("withdrawn")) {
                violations.add(name + " was withdrawn and is " + release);
            }
            version.withdrawn = release.equals("withdrawn");
            version.closed |= version.withdrawn;
        });
    }

    private void verify(ServerProcess server, Life life) {
        Fixture.Answer answer = server.get("/api/v1/devices/" + life.device.id);
        if (answer.status() != 200) {
            violations.add(life.device.id + " was registered and is gone");
            return;
        }
        TreeSet<Long> there = new TreeSet<>();
        for (JsonNode report : answer.json().path("history")) {
            if (!there.add(report.path("seq").asLong())) {
                violations.add(life.device.id + " has a report twice");
            }
        }
        for (long number : life.acknowledged) {
            if (!there.contains(number)) {
                violations.add(life.device.id + " has lost its report " + number);
            }
        }
        registrations++;
        reports += life.acknowledged.size();
        if (life.confirmed != null) {
            versions.values().stream()
                    .filter(version -> version.digest.equals(life.confirmed))
                    .forEach(version -> version.confirmations.incrementAndGet());
        }
        // Its own token still opens, and what it is offered is allowed.
        life.device.at(server);
        checkIn(life, closed());
    }
}
