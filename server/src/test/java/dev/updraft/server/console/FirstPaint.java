package dev.updraft.server.console;

import com.microsoft.playwright.Page;
import dev.updraft.server.testing.Browser;
import dev.updraft.server.testing.People;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How soon a page of a running server is there, and what it weighs without a cache: ADDRESS TOKEN. */
final class FirstPaint {
    private static final int TIMES = 7;

    private FirstPaint() {}

    public static void main(String... args) {
        try (Browser browser = new Browser(args[0])) {
            Page page = People.at(browser, args[1], "/console/login");
            for (String path : List.of(
                    "/console",
                    "/console/devices",
                    "/console/devices?filter=id%3D%3Dd99999*",
                    "/console/devices/d1",
                    "/console/rollouts",
                    "/console/rollouts/1",
                    "/console/releases/1")) {
                List<Long> paints = new ArrayList<>();
                for (int i = 0; i < TIMES; i++) {
                    page.navigate(path);
                    paints.add(((Number) page.evaluate("""
                            () => new Promise(done => {
                                const look = () => {
                                    const paint = performance.getEntriesByName('first-contentful-paint')[0];
                                    paint ? done(Math.round(paint.startTime)) : setTimeout(look, 5);
                                };
                                look();
                            })
                            """)).longValue());
                }
                Collections.sort(paints);
                long bytes = ((Number) page.evaluate("""
                        () => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
                            .reduce((sum, one) => sum + one.decodedBodySize, 0)
                        """)).longValue();
                System.out.printf(
                        "%-42s first paint %4d ms (%d to %d), %d KB unpacked%n",
                        path, paints.get(TIMES / 2), paints.getFirst(), paints.getLast(), bytes / 1024);
            }
            browser.complaints().forEach(System.out::println);
        }
        System.exit(0);
    }
}
