package dev.updraft.server.console;

import static dev.updraft.server.testing.People.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import dev.updraft.server.testing.Browser;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.FleetStory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every page with a fleet whose names are as odd as names can be: safe, light, within reach of everybody, and as wide as the screen. */
class EveryPageTest {
    private static final int HEAVIEST = 200 * 1024;

    private Fixture fixture;
    private Browser browser;
    private List<String> pages = List.of();

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        browser = new Browser("http://127.0.0.1:" + fixture.server().port());
        FleetStory story = new FleetStory(fixture);
        long rollout = story.tell();
        fixture.post("/api/v1/users", java.util.Map.of("name", "ada", "role", "operator"));
        fixture.post("/api/v1/webhooks", java.util.Map.of("name", "chat", "url", "http://127.0.0.1:9/hook"));
        fixture.post("/api/v1/provisioning-keys", java.util.Map.of("name", "line <1>"));
        String failed = story.devices.stream()
                .filter(device -> device.version.equals("1.1.0"))
                .findFirst()
                .orElseThrow()
                .id;
        pages = List.of(
                "/console",
                "/console/devices",
                "/console/devices?filter=tag%3D%3Dnobody",
                "/console/devices?filter=%3Cb%3E",
                "/console/devices/new",
                DevicePages.path(FleetStory.HOSTILE) + "?why=3",
                DevicePages.path(failed) + "?why=3",
                DevicePages.path("never-came"),
                "/console/rollouts",
                "/console/rollouts/" + rollout,
                "/console/rollouts/" + rollout + "/devices",
                "/console/rollouts/" + rollout + "/devices?state=refused&reason=%3Cimg%20src%3Dx%3E%20%26%20reason",
                "/console/rollouts/new",
                "/console/releases",
                "/console/releases/3",
                "/console/releases/3/rehearsals/1",
                "/console/audit",
                "/console/users",
                "/console/tokens",
                "/console/provisioning",
                "/console/webhooks",
                "/console/tenants",
                "/console/settings",
                "/console/no-such-page");
    }

    @AfterEach
    void stop() {
        browser.close();
        fixture.close();
    }

    private Set<String> wrong(int width, boolean dark) {
        Set<String> wrong = new TreeSet<>();
        Page page = at(browser.window(width, 900, dark), fixture.admin(), "/console/login");
        for (String path : pages) {
            List<Integer> weights = new ArrayList<>();
            page.onResponse(response -> weights.add(weight(response)));
            page.navigate(path);
            if (weights.stream().mapToInt(Integer::intValue).sum() > HEAVIEST) {
                wrong.add(path + " weighs " + weights);
            }
            long wide = ((Number) page.evaluate("document.documentElement.scrollWidth")).longValue();
            if (wide > width) {
                wrong.add(path + " is " + wide + " wide on a screen of " + width);
            }
            if (!page.title().endsWith("· Updraft")) {
                wrong.add(path + " has the title " + page.title());
            }
            if (((Number) page.evaluate("document.querySelectorAll('main img, main b b, main script').length"))
                            .intValue()
                    > 0) {
                wrong.add(path + " has elements that a name brought along");
            }
            Browser.barriers(page).forEach(barrier -> wrong.add(path + ": " + barrier));
        }
        wrong.addAll(browser.complaints());
        return wrong;
    }

    /** Before it is unpacked it is less. */
    private static int weight(Response response) {
        try {
            return response.url().contains("/events") ? 0 : response.body().length;
        } catch (RuntimeException e) {
            return 0; // A redirect has none.
        }
    }

    @Test
    void onADesk() {
        assertThat(wrong(1280, false)).isEmpty();
    }

    @Test
    @Tag("slow")
    void onADeskInTheDark() {
        assertThat(wrong(1280, true)).isEmpty();
    }

    @Test
    @Tag("slow")
    void onAPhone() {
        assertThat(wrong(320, false)).isEmpty();
    }

    @Test
    @Tag("slow")
    void onAPhoneInTheDark() {
        assertThat(wrong(320, true)).isEmpty();
    }

    /** Tab and Enter lead from the top of a page to everything on it. */
    @Test
    void everythingIsReachedByKeys() {
        Page page = at(browser, fixture.admin(), "/console/login");
        page.navigate("/console/devices");
        page.keyboard().press("Tab");
        assertThat(focused(page)).isEqualTo("Skip to the content");
        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        assertThat(focused(page)).isEqualTo("Register a device");
        page.keyboard().press("/");
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("filter");
        page.keyboard().press("Tab");
        assertThat(focused(page)).isEqualTo("Show");
        page.keyboard().press("?");
        assertThat(page.locator("#keys").isVisible()).isTrue();
        page.keyboard().press("Escape");
        assertThat(page.locator("#keys").isVisible()).isFalse();
        page.keyboard().press("g");
        page.keyboard().press("r");
        page.waitForURL("**/console/rollouts");
        Set<String> reached = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            page.keyboard().press("Tab");
            reached.add(focused(page));
        }
        assertThat(reached).contains("New rollout", "1.2 in steps", "Log out");
    }

    private static String focused(Page page) {
        return String.valueOf(page.evaluate("document.activeElement.textContent.trim()"));
    }
}
