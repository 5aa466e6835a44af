package dev.updraft.server.metric;

import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.store.Database;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts what happens, cheap enough for the hottest path, and writes it in Prometheus' text format (version 0.0.4). */
public final class Meters {
    private final Fleet fleet;
    private final Database database;
    private final LongAdder checkIns = new LongAdder();
    private final LongAdder offers = new LongAdder();
    private final LongAdder sentFromFile = new LongAdder();
    private final LongAdder sentCopied = new LongAdder();
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();
    private final Map<String, LongAdder> reports = new ConcurrentSkipListMap<>();

    public Meters(Fleet fleet, Database database) {
        this.fleet = fleet;
        this.database = database;
    }

    public void checkIn(boolean offered) {
        checkIns.increment();
        if (offered) {
            offers.increment();
        }
    }

    /** @param fromFile true if they went from the page cache to the socket without a copy */
    public void downloaded(boolean fromFile, long bytes) {
        (fromFile ? sentFromFile : sentCopied).add(bytes);
    }

    public void report(String event) {
        reports.computeIfAbsent(event, e -> new LongAdder()).increment();
    }

    private record Gauge(String name, String help, LongSupplier value) {}

    /** Adds a gauge that is read whenever the metrics are. */
    public void gauge(String name, String help, LongSupplier value) {
        gauges.add(new Gauge(name, help, value));
    }

    String text() {
        StringBuilder out = new StringBuilder(1_024);
        one(out, "updraft_devices", "gauge", "Registered devices.", fleet.size());
        one(out, "updraft_check_ins_total", "counter", "Check-ins answered.", checkIns.sum());
        one(out, "updraft_offers_total", "counter", "Check-ins answered with an offer.", offers.sum());
        one(out, "updraft_store_backlog", "gauge", "Writes that wait for the next group commit.", database.backlog());
        Runtime runtime = Runtime.getRuntime();
        one(out, "updraft_heap_bytes", "gauge", "Heap in use.", runtime.totalMemory() - runtime.freeMemory());
        gauges.forEach(gauge ->
                one(out, gauge.name(), "gauge", gauge.help(), gauge.value().getAsLong()));
        head(out, "updraft_download_bytes_total", "counter", "Bytes of images sent, by how they went.");
        sent(out, "sendfile", sentFromFile);
        sent(out, "copied", sentCopied);
        head(out, "updraft_reports_total", "counter", "Reports taken, by event.");
        reports.forEach((event, count) -> out.append("updraft_reports_total{event=\"")
                .append(event)
                .append("\"} ")
                .append(count.sum())
                .append('\n'));
        return out.toString();
    }

    private static void sent(StringBuilder out, String way, LongAdder bytes) {
        out.append("updraft_download_bytes_total{way=\"")
                .append(way)
                .append("\"} ")
                .append(bytes.sum())
                .append('\n');
    }

    private static void one(StringBuilder out, String name, String type, String help, long value) {
        head(out, name, type, help);
        out.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
