package dev.updraft.cli.demo;

import dev.updraft.gateway.Gateway;
import dev.updraft.gateway.course.Progress;
import dev.updraft.gateway.link.Place;
import dev.updraft.gateway.link.Places;
import dev.updraft.gateway.smp.Patience;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The gateway of a demonstration whose boards hang on serial lines. */
final class Carrier implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable Gateway gateway;

    void start(Fleet fleet, Path folder, List<DemoBoard> boards) throws IOException {
        var byName = boards.stream().collect(Collectors.toMap(DemoBoard::name, Function.identity()));
        List<Place> places = boards.stream()
                .<Place>map(board -> new Place.Inside(board.name(), board::openLine, false))
                .toList();
        Gateway.Config config = new Gateway.Config(
                URI.create("http://127.0.0.1:" + fleet.port()),
                fleet.gatewayToken(),
                folder,
                new Places(places, false),
                List.of(),
                Patience.USUAL);
        gateway = Gateway.start(config, http, (place, progress) -> show(byName.get(place), progress));
    }

    private static void show(@Nullable DemoBoard board, Progress progress) {
        if (board != null && progress.percent() >= 0) {
            board.brought(progress.percent());
        }
    }

    @Override
    public void close() {
        if (gateway != null) {
            gateway.close();
        }
        http.close();
    }
}
