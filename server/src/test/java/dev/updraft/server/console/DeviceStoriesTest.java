package dev.updraft.server.console;

import static dev.updraft.server.testing.People.at;
import static dev.updraft.server.testing.People.follow;
import static dev.updraft.server.testing.People.part;
import static dev.updraft.server.testing.People.press;
import static dev.updraft.server.testing.People.see;
import static dev.updraft.server.testing.People.title;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.updraft.server.testing.Browser;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.FleetStory;
import dev.updraft.server.testing.SimulatedDevice;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do with devices, from the list to the one that does not update. */
class DeviceStoriesTest {
    private Fixture fixture;
    private Browser browser;
    private FleetStory story;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        browser = new Browser("http://127.0.0.1:" + fixture.server().port());
        story = new FleetStory(fixture);
    }

    @AfterEach
    void stop() {
        browser.close();
        fixture.close();
    }

    @Test
    void theListIsFilteredPagedByKeyAndSaysWhatIsWrongBesideTheField() {
        story.release("1.0.0", "", "");
        for (int i = 0; i < 60; i++) {
            story.device("d%02d".formatted(i), "1.0.0", i % 2 == 0 ? "even" : "odd");
        }
        Page page = at(browser, fixture.admin(), "/console/devices");
        assertThat(page.locator("#list tbody tr").count()).isEqualTo(50);
        follow(page, "Next");
        page.waitForURL("**after=d49");
        assertThat(page.locator("#list tbody tr").count()).isEqualTo(10);

        page.getByLabel("Filter").fill("tag==even");
        see(page, "30 devices fit.");
        page.getByLabel("Filter").press("Enter");
        page.waitForURL("**filter=tag**");
        assertThat(page.locator("#list tbody tr").count()).isEqualTo(30);
        page.getByLabel("Filter").fill("colour==red");
        see(page, "A device has no field 'colour'");
        press(page, "Show");
        assertThat(page.locator("#filter-wrong").textContent()).contains("no field 'colour'");
        assertThat(page.getByLabel("Filter").inputValue()).isEqualTo("colour==red");
        assertThat(browser.complaints()).isEmpty();
    }

    /** What means something in an address means nothing in a name. */
    @Test
    void namesWithTheSignsOfAddressesLeadWhereTheySay() {
        for (int i = 0; i < 51; i++) {
            story.device("a&b=c#d+e?%02d".formatted(i).replace("%", ""), "1.0.0+7", i == 0 ? "lab" : "field");
        }
        Page page = at(browser, fixture.admin(), "/console");
        follow(page, "1.0.0+7");
        page.waitForURL("**/console/devices?filter=**");
        assertThat(page.getByLabel("Filter").inputValue()).isEqualTo("version==1.0.0+7");
        assertThat(page.locator("#list tbody tr").count()).isEqualTo(50);
        follow(page, "Next");
        page.waitForURL("**after=**");
        assertThat(page.locator("#list tbody tr").count()).isEqualTo(1);
        page.locator("#list tbody a").click();
        assertThat(title(page)).isEqualTo("a&b=c#d+e?50");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aDeviceIsRegisteredAndItsTokenWorks() {
        Page page = at(browser, fixture.admin(), "/console/devices/new");
        page.getByLabel("Id").fill("with space");
        press(page, "Register");
        assertThat(page.locator("#id-wrong").textContent()).contains("without spaces");
        assertThat(page.getByLabel("Id").inputValue()).isEqualTo("with space");
        page.getByLabel("Id").fill("مضخة-٧");
        page.getByLabel("Tags").fill("lab cold");
        press(page, "Register");
        String token = page.locator("#secret").textContent();
        assertThat(new SimulatedDevice(fixture, "مضخة-٧", token).checkIn().status())
                .isEqualTo(204);
        follow(page, "To the device");
        assertThat(title(page)).isEqualTo("مضخة-٧");
        assertThat(page.content()).doesNotContain(token);
        press(page, "New token…");
        press(page, "Make a new token");
        assertThat(page.locator("#secret").textContent()).isNotEqualTo(token);
        assertThat(new SimulatedDevice(fixture, "مضخة-٧", token).checkIn().status())
                .isEqualTo(401);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void whyADeviceDoesNotGetAReleaseIsToldInWordsAndItIsOfferedAgain() {
        story.release("1.0.0", "", "");
        long next = story.release("1.1.0", "", ">=1.0.0");
        SimulatedDevice device = story.device("pump-7", "1.0.0");
        Page page = at(browser, fixture.admin(), "/console/devices/pump-7?why=" + next);
        see(page, "No rollout gives this release out.");
        story.rollout(next, Map.of("filter", "tag==elsewhere"));
        page.reload();
        see(page, "does not fit its filter 'tag==elsewhere'");
        story.rollout(next, Map.of());
        story.update(device, "1.1.0", "rolled-back", "self-test");
        page.reload();
        assertThat(part(page, "Why does it not get a release?").textContent()).contains("rolled back, self-test");
        assertThat(part(page, "What happened").textContent())
                .contains("Rolled back from 1.1.0")
                .contains("Its own self-test said no");
        press(page, "Let it try again");
        see(page, "It is offered again at the next check-in");
        assertThat(device.checkIn().status()).isEqualTo(200);
        assertThat(browser.complaints()).isEmpty();
    }

    /** The page follows the device without being asked for again. */
    @Test
    void theDevicesPageIsLive() {
        story.release("1.0.0", "", "");
        long next = story.release("1.1.0", "", "");
        SimulatedDevice device = story.device("pump-7", "1.0.0");
        Page page = at(browser, fixture.admin(), "/console/devices/pump-7");
        see(page, "Live");
        story.rollout(next, Map.of());
        story.update(device, "1.1.0", "confirmed", "");
        page.getByText("Confirmed 1.1.0").waitFor();
        assertThat(part(page, "What it runs").textContent()).contains("1.1.0");
        assertThat(browser.complaints()).isEmpty();
    }
}
