package dev.updraft.server.console;

import static dev.updraft.server.testing.People.at;
import static dev.updraft.server.testing.People.follow;
import static dev.updraft.server.testing.People.part;
import static dev.updraft.server.testing.People.press;
import static dev.updraft.server.testing.People.see;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.updraft.server.testing.Browser;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.FleetStory;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rollout from its making to its end, as somebody who steers it sees it. */
class RolloutStoriesTest {
    private Fixture fixture;
    private Browser browser;
    private FleetStory story;
    private long release;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        browser = new Browser("http://127.0.0.1:" + fixture.server().port());
        story = new FleetStory(fixture);
        story.release("1.0.0", "", "");
        release = story.release("1.1.0", "", "");
        for (int i = 0; i < 10; i++) {
            story.device("d" + i, "1.0.0", i < 8 ? "field" : "lab");
        }
    }

    @AfterEach
    void stop() {
        browser.close();
        fixture.close();
    }

    private static Page confirm(Page page, String move, String effect) {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(move + "…").setExact(true))
                .click();
        assertThat(page.locator("dialog[open]").textContent()).contains(effect);
        page.locator("dialog[open]")
                .getByRole(
                        AriaRole.BUTTON,
                        new com.microsoft.playwright.Locator.GetByRoleOptions()
                                .setName(move)
                                .setExact(true))
                .click();
        return page;
    }

    @Test
    void oneIsMadeInThreeStepsWithItsMatchesCountedAndSteeredToItsEnd() {
        Page page = at(browser, fixture.admin(), "/console/rollouts");
        follow(page, "New rollout");
        page.getByLabel("For devices that fit").fill("tag=field");
        press(page, "Next");
        assertThat(page.locator("#filter-wrong").textContent()).isNotBlank();
        page.getByLabel("For devices that fit").fill("tag==field");
        see(page, "8 devices fit.");
        page.getByLabel("Name").fill("to the field");
        press(page, "Next");
        page.getByLabel("Stages, in percent").fill("50 20");
        press(page, "Next");
        assertThat(page.locator("#stages-wrong").textContent()).contains("must grow");
        assertThat(page.getByLabel("Stages, in percent").inputValue()).isEqualTo("50 20");
        page.getByLabel("Stages, in percent").fill("25 100");
        page.getByLabel("Acceptable failures").fill("20");
        press(page, "Next");
        assertThat(page.locator("main").textContent())
                .contains("8 devices fit at present")
                .contains("Stage 1 holds 2");
        press(page, "Start the rollout");
        page.waitForURL("**/console/rollouts/1");
        see(page, "The rollout is made.");

        List<SimulatedDevice> first = story.devices.stream()
                .filter(device -> device.checkIn().status() == 200)
                .toList();
        assertThat(first).hasSize(2);
        story.update(first.getFirst(), "1.1.0", "confirmed", "");
        see(page, "50 % confirmed; the next stage begins at 90 %");
        confirm(page, "Pause", "1 device under way go on");
        see(page, "paused by an operator");
        confirm(page, "Resume", "under way");
        see(page, "It goes on.");
        confirm(page, "Next stage", "6 more of 8 devices are offered it");
        see(page, "stage 2 was begun by an operator");
        story.update(
                story.devices.get(first.contains(story.devices.get(0)) ? 7 : 0), "1.1.0", "rolled-back", "self-test");
        page.getByText("Its own self-test said no").waitFor();
        follow(page, "Its own self-test said no");
        assertThat(page.locator("#list tbody tr").count()).isEqualTo(1);
        assertThat(page.locator("#list").textContent()).contains("rolled back");
        page.goBack();
        confirm(page, "Abort", "It ends for good");
        see(page, "It is aborted.");
        assertThat(page.locator("#moves").textContent()).isBlank();
        assertThat(fixture.get("/api/v1/audit").text()).contains("/api/v1/rollouts/1/abort");
        assertThat(browser.complaints()).isEmpty();
    }

    /** Slower to hand, but all there: the confirmation too. */
    @Test
    void withoutScriptsItIsSteeredAsWell() {
        story.rollout(release, Map.of("name", "everybody"));
        story.devices.forEach(SimulatedDevice::checkIn);
        Page page = at(browser.withoutScripts(), fixture.admin(), "/console/rollouts/1");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Pause…"))
                .click();
        assertThat(page.locator("#pause").isVisible()).isTrue();
        press(page, "Pause");
        assertThat(page.locator("main").textContent()).contains("It is paused.").contains("paused by an operator");
        page.navigate("/console/devices?filter=tag%3D%3Dlab");
        assertThat(page.locator("#list tbody tr").count()).isEqualTo(2);
        page.navigate("/console/rollouts/new");
        page.getByLabel("Name").fill("by hand");
        press(page, "Next");
        press(page, "Next");
        assertThat(page.locator("main").textContent()).contains("10 devices fit at present");
        press(page, "Start the rollout");
        assertThat(page.locator("h1").textContent()).isEqualTo("by hand");
    }

    @Test
    void whoMayOnlyLookSeesNoWayToChange() {
        story.rollout(release, Map.of("name", "everybody"));
        String viewer = fixture.post("/api/v1/tokens", Map.of("name", "eve", "role", "viewer"))
                .json()
                .path("token")
                .asString();
        Page page = at(browser, viewer, "/console/rollouts/1");
        assertThat(part(page, "Stages").textContent()).contains("Stage 1");
        assertThat(page.locator("#moves").textContent()).isBlank();
        assertThat(page.locator("nav a[href='/console/audit']").count()).isZero();
        // Nor is it the page alone that keeps them out.
        int status = ((Number) page.evaluate("""
                async () => (await fetch('/console/rollouts/1/abort', {method: 'POST',
                    headers: {'Content-Type': 'application/x-www-form-urlencoded'},
                    body: 'form-token=' + document.querySelector('meta[name=form-token]').content})).status
                """)).intValue();
        assertThat(status).isEqualTo(403);
        String scoped = fixture.post(
                        "/api/v1/tokens", Map.of("name", "pipe", "role", "operator", "scopes", List.of("releases")))
                .json()
                .path("token")
                .asString();
        Page narrow = at(browser.window(), scoped, "/console");
        assertThat(narrow.locator("main").textContent()).contains("for other parts");
        assertThat(browser.complaints()).isEmpty();
    }
}
