import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Consoles that are open as browsers have them: each listens to the events and fetches its page again as often as the page says. Consoles
 * ADDRESS TOKEN COUNT; goes on until it is ended, and says then how many pages it got and how long they took.
 */
class Consoles {
    private static final List<String> PAGES = List.of("/console", "/console/devices", "/console/rollouts", "/console/rollouts/1", "/console/devices/d1");
    private static final AtomicLong pages = new AtomicLong();
    private static final AtomicLong micros = new AtomicLong();
    private static final AtomicLong failed = new AtomicLong();

    public static void main(String[] args) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.printf(
                "%d pages, %d us each, %d failed%n", pages.get(), micros.get() / Math.max(1, pages.get()), failed.get())));
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            int number = i;
            Thread.ofPlatform().start(() -> {
                try {
                    console(args[0], args[1], PAGES.get(number % PAGES.size()));
                } catch (Exception e) {
                    e.printStackTrace();
                }
            });
        }
    }

    private static void console(String address, String token, String page) throws Exception {
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpResponse<String> entered = http.send(
                HttpRequest.newBuilder(URI.create(address + "/console/login"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "with=token&token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        String cookie = entered.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        Thread.ofVirtual().start(() -> listen(http, address, cookie));
        while (true) {
            long begin = System.nanoTime();
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(address + page))
                            .header("Cookie", cookie)
                            .header("Accept", "text/html")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            pages.incrementAndGet();
            micros.addAndGet((System.nanoTime() - begin) / 1_000);
            if (answer.statusCode() != 200) {
                failed.incrementAndGet();
            }
            String every = answer.body().replaceAll("(?s).*data-every=\"(\\d+)\".*", "$1");
            Thread.sleep(1_000L * Math.max(1, Integer.parseInt(every)));
        }
    }

    private static void listen(HttpClient http, String address, String cookie) {
        try (InputStream in = http.send(
                        HttpRequest.newBuilder(URI.create(address + "/console/events")).header("Cookie", cookie).build(),
                        HttpResponse.BodyHandlers.ofInputStream())
                .body()) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (Exception e) {
            // The server has ended.
        }
    }
}
