package dev.updraft.server.console;

import static dev.updraft.server.testing.People.at;
import static dev.updraft.server.testing.People.follow;
import static dev.updraft.server.testing.People.part;
import static dev.updraft.server.testing.People.press;
import static dev.updraft.server.testing.People.see;
import static dev.updraft.server.testing.People.title;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import dev.updraft.server.testing.Browser;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.FleetStory;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.RehearsalReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a file on somebody's desk to a published release, and what can be known of it. */
class ReleaseStoriesTest {
    private Fixture fixture;
    private Browser browser;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        browser = new Browser("http://127.0.0.1:" + fixture.server().port());
    }

    @AfterEach
    void stop() {
        browser.close();
        fixture.close();
    }

    private static void choose(Page page, String name, byte[] bytes) {
        page.locator("#file").setInputFiles(new FilePayload(name, "application/octet-stream", bytes));
    }

    @Test
    void anImageIsUploadedExplainedAndPublished() {
        Page page = at(browser, fixture.admin(), "/console/releases");
        press(page, "Upload");
        see(page, "Choose an image file first.");
        choose(page, "notes.txt", "no image at all".getBytes(StandardCharsets.UTF_8));
        page.getByLabel("Notes").fill("kept");
        press(page, "Upload");
        see(page, "This is not a firmware image");
        assertThat(page.getByLabel("Notes").inputValue()).isEqualTo("kept");
        choose(page, "app.upd", Images.image("stm32f407", 1, 4, 0, 300_000));
        page.getByLabel("From versions").fill("1.0");
        press(page, "Upload");
        see(page, "is not a range of versions");
        page.getByLabel("From versions").fill(">=1.0.0");
        press(page, "Upload");
        page.waitForURL("**/console/releases/1");
        assertThat(title(page)).isEqualTo("1.4.0");
        assertThat(page.locator("main").textContent())
                .contains("draft")
                .contains("kept")
                .contains("the board that the image is for")
                .contains("ECDSA signature")
                .contains("It has no security counter");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Publish…"))
                .click();
        press(page, "Publish");
        see(page, "It is published; a rollout says who gets it.");
        follow(page, "Roll out");
        assertThat(page.getByLabel("Release").inputValue()).isEqualTo("1");
        assertThat(browser.complaints()).isEmpty();
    }

    /** As a person does it with a mouse: the file is dropped, not chosen. */
    @Test
    void aFileMayBeDropped() {
        Page page = at(browser, fixture.admin(), "/console/releases");
        String base64 = java.util.Base64.getEncoder().encodeToString(Images.image("stm32f407", 1, 4, 0, 3_000));
        page.evaluate("""
                base64 => {
                    const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
                    const transfer = new DataTransfer();
                    transfer.items.add(new File([bytes], 'app.upd'));
                    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
                }
                """, base64);
        see(page, "app.upd, ");
        press(page, "Upload");
        page.waitForURL("**/console/releases/1");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void waysAndRehearsalsAreShown() {
        FleetStory story = new FleetStory(fixture);
        story.release("1.0.0", "", "");
        story.release("1.1.0", "", ">=1.0.0");
        long goal = story.release("1.2.0", "", ">=1.1.0");
        story.device("old", "1.0.0");
        story.device("odd", "0.9.0");
        fixture.post(
                "/api/v1/releases/" + goal + "/rehearsals",
                RehearsalReport.of("stm32f407", story.image("1.2.0"), 420, 200, 210, 3));
        Page page = at(browser, fixture.admin(), "/console/releases/" + goal);
        assertThat(part(page, "Who may move to it").textContent())
                .contains("1.0.0 → 1.1.0 → 1.2.0")
                .contains("From 0.9.0 (1 device): 0.9.0 → 1.0.0 → 1.1.0 → 1.2.0");
        assertThat(page.locator(".arc.chosen").count()).isEqualTo(3);
        assertThat(part(page, "Rehearsals").textContent()).contains("3 failed").contains("200 operations");
        follow(page, "stm32f407");
        assertThat(part(page, "What was tried").textContent())
                .contains("roll-back")
                .contains("210");
        assertThat(browser.complaints()).isEmpty();
    }
}
