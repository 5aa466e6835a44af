package dev.updraft.server.console;

import com.microsoft.playwright.Page;
import dev.updraft.server.testing.Browser;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.FleetStory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;

/** Takes the pictures of docs/guide/console.md: run with the folder to put them into. */
final class Screens {
    private Screens() {}

    public static void main(String... args) throws Exception {
        Path out = Path.of(args[0]);
        Path data = Files.createTempDirectory("updraft-screens");
        try (Fixture fixture = new Fixture(data);
                Browser browser =
                        new Browser("http://127.0.0.1:" + fixture.server().port())) {
            long rollout = new FleetStory(fixture).tell();
            tellOfTheWeekBefore(data);
            Thread.sleep(1_500);
            List<String> pages = args.length > 1
                    ? List.of(args[1].split(","))
                    : List.of(
                            "/console",
                            "/console/devices",
                            "/console/devices/pump-005?why=3",
                            "/console/devices/never-came");
            for (Map.Entry<String, int[]> size : Map.of("wide", new int[] {1280, 900}, "phone", new int[] {320, 700})
                    .entrySet()) {
                for (boolean dark : new boolean[] {false, true}) {
                    Page page = browser.window(size.getValue()[0], size.getValue()[1], dark);
                    page.navigate("/console/login");
                    String theme = dark ? "dark" : "light";
                    if (args.length < 2) {
                        shoot(page, out.resolve("login-" + size.getKey() + "-" + theme + ".png"));
                    }
                    page.getByText("With an API token").click();
                    page.getByLabel("API token").fill(fixture.admin());
                    page.getByText("Log in with the token").click();
                    for (String path : pages) {
                        page.navigate(path.replace("ROLLOUT", Long.toString(rollout)));
                        page.waitForTimeout(400);
                        String name = path.replace("/console", "")
                                .replaceAll("\\W+", "-")
                                .replaceAll("^-|-$", "");
                        if (!dark) {
                            Files.writeString(
                                    out.resolve((name.isEmpty() ? "overview" : name) + "-" + size.getKey() + ".html"),
                                    page.context()
                                            .request()
                                            .get(path.replace("ROLLOUT", Long.toString(rollout)))
                                            .text());
                        }
                        shoot(
                                page,
                                out.resolve((name.isEmpty() ? "overview" : name) + "-" + size.getKey() + "-" + theme
                                        + ".png"));
                        long wide = ((Number) page.evaluate("document.documentElement.scrollWidth")).longValue();
                        if (wide > size.getValue()[0]) {
                            System.out.println(path + " is " + wide + " wide on " + size.getValue()[0]);
                        }
                        if (!dark || size.getKey().equals("wide")) {
                            Browser.barriers(page)
                                    .forEach(barrier -> System.out.println(
                                            path + " " + theme + " " + size.getKey() + ": " + barrier));
                        }
                    }
                }
            }
            browser.complaints().forEach(System.out::println);
        }
        System.exit(0);
    }

    /** What the server would have written down by now if the fleet were a week old. */
    private static void tellOfTheWeekBefore(Path data) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("updraft.db"))) {
            connection.createStatement().execute("PRAGMA busy_timeout = 5000");
            PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO fleet_history (tenant, at, versions) VALUES (1, ?, ?)");
            long hour = 3_600_000L;
            for (int ago = 7 * 24; ago > 0; ago -= 2) {
                int moved = Math.clamp((6 * 24 - ago) / 5, 0, 13);
                insert.setLong(1, System.currentTimeMillis() - ago * hour);
                insert.setString(2, "{\"1.1.0\":" + moved + ",\"1.0.0\":" + (17 - moved) + "}");
                insert.executeUpdate();
            }
        }
    }

    private static void shoot(Page page, Path to) {
        page.screenshot(new Page.ScreenshotOptions().setPath(to).setFullPage(true));
    }
}
