package dev.updraft.server.console;

import static dev.updraft.server.testing.People.at;
import static dev.updraft.server.testing.People.follow;
import static dev.updraft.server.testing.People.press;
import static dev.updraft.server.testing.People.see;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.updraft.server.testing.Browser;
import dev.updraft.server.testing.Fixture;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People, tokens, keys, webhooks, tenants and settings, and what the audit log says of them. */
class AdminStoriesTest {
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

    @Test
    void aUserIsAddedLogsInAndIsRemoved() {
        Page page = at(browser, fixture.admin(), "/console/users");
        page.getByLabel("Name").fill("josé");
        page.getByLabel("Role").selectOption("operator");
        page.getByLabel("Password").fill("short");
        press(page, "Add");
        assertThat(page.locator("#password-wrong").textContent()).contains("12 to 128");
        assertThat(page.getByLabel("Name").inputValue()).isEqualTo("josé");
        assertThat(page.getByLabel("Role").inputValue()).isEqualTo("operator");
        page.getByLabel("Password").fill("correct horse battery");
        press(page, "Add");
        see(page, "josé is added.");

        Page own = browser.window();
        own.navigate("/console/users");
        own.getByLabel("User").fill("josé");
        own.getByLabel("Password").fill("correct horse battery");
        press(own, "Log in");
        assertThat(own.locator("main").textContent()).contains("needs admin");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Remove josé"))
                .click();
        press(page, "Remove");
        see(page, "josé is removed");
        own.navigate("/console");
        assertThat(own.url()).contains("/console/login");
        page.navigate("/console/audit");
        assertThat(page.locator("main").textContent())
                .contains("DELETE /api/v1/users/josé")
                .contains("LOG-IN")
                .doesNotContain("correct horse battery");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void tokensAndKeysAreMadeShownOnceAndRevoked() {
        Page page = at(browser, fixture.admin(), "/console/tokens");
        page.getByLabel("Name").fill("pipeline");
        page.getByLabel("Only for").fill("relases");
        press(page, "Make");
        assertThat(page.locator("#scopes-wrong").textContent()).contains("no scope 'relases'");
        page.getByLabel("Only for").fill("releases rehearsals");
        page.getByLabel("Role").selectOption("operator");
        press(page, "Make");
        String token = page.locator("#secret").textContent();
        assertThat(fixture.send(fixture.request("/api/v1/releases", token).GET())
                        .status())
                .isEqualTo(200);
        follow(page, "Back to the list");
        assertThat(page.content()).doesNotContain(token);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Revoke pipeline"))
                .click();
        press(page, "Revoke");
        see(page, "The token has ended");
        assertThat(fixture.send(fixture.request("/api/v1/releases", token).GET())
                        .status())
                .isEqualTo(401);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Revoke admin"))
                .click();
        press(page, "Revoke");
        see(page, "This is the last admin token; make another one first.");

        follow(page, "Provisioning keys");
        page.getByLabel("Name").fill("line 1");
        page.getByLabel("Tags").fill("lot-7");
        page.getByLabel("Devices at most").fill("many");
        press(page, "Make");
        assertThat(page.locator("#most-wrong").textContent()).contains("is no number");
        page.getByLabel("Devices at most").fill("100");
        press(page, "Make");
        String key = page.locator("#secret").textContent();
        assertThat(fixture.send(fixture.request("/device/v1/new-one/enrol", key)
                                .header("Content-Type", "application/json")
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}")))
                        .status())
                .isEqualTo(201);
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void webhooksTenantsAndSettings() {
        Page page = at(browser, fixture.admin(), "/console/webhooks");
        page.getByLabel("Name").fill("chat");
        page.getByLabel("Address").fill("gopher://x");
        press(page, "Add");
        assertThat(page.locator("#url-wrong").textContent()).isNotBlank();
        page.getByLabel("Address").fill("http://127.0.0.1:9/hook");
        page.getByLabel("Events").fill("update.exploded");
        press(page, "Add");
        assertThat(page.locator("#types-wrong").textContent()).contains("no events 'update.exploded'");
        page.getByLabel("Events").fill("update.rolled-back rollout.paused");
        press(page, "Add");
        assertThat(page.locator("#secret").textContent()).isNotBlank();

        follow(page, "Tenants");
        page.getByLabel("Name").fill("two words");
        press(page, "Make");
        assertThat(page.locator("#name-wrong").textContent()).contains("1 to 64 characters");
        page.getByLabel("Name").fill("second");
        press(page, "Make");
        String admin = page.locator("#secret").textContent();
        Page other = at(browser.window(), admin, "/console/devices");
        assertThat(other.locator("main").textContent()).contains("No devices yet");
        assertThat(other.locator(".who").textContent()).contains("second");
        assertThat(other.locator("nav a[href='/console/tenants']").count()).isZero();

        follow(page, "Settings");
        page.getByLabel("Every rollout is approved").check();
        page.getByLabel("Bootloaders").fill("not a digest");
        press(page, "Change");
        assertThat(page.locator("#bootloaders-wrong").textContent()).contains("64 hex digits");
        assertThat(page.getByLabel("Every rollout is approved").isChecked()).isTrue();
        page.getByLabel("Bootloaders").fill("ab".repeat(32));
        press(page, "Change");
        see(page, "The settings are changed.");
        assertThat(fixture.get("/api/v1/settings")
                        .json()
                        .path("requireApproval")
                        .asBoolean())
                .isTrue();
        assertThat(browser.complaints()).isEmpty();
    }

    /** What changes something is written down under the name of whoever is logged in. */
    @Test
    void theAuditLogNamesWhoClicked() {
        fixture.post("/api/v1/users", Map.of("name", "ada", "role", "operator"));
        fixture.put("/api/v1/users/ada/password", Map.of("password", "correct horse battery"));
        Page page = browser.window();
        page.navigate("/console/devices/new");
        page.getByLabel("User").fill("ada");
        page.getByLabel("Password").fill("correct horse battery");
        press(page, "Log in");
        page.getByLabel("Id").fill("pump-1");
        press(page, "Register");
        page.locator("#secret").waitFor();
        assertThat(fixture.get("/api/v1/audit").json().path("entries").valueStream())
                .anySatisfy(entry -> {
                    assertThat(entry.path("path").asString()).isEqualTo("/api/v1/devices");
                    assertThat(entry.path("who").asString()).isEqualTo("ada");
                    assertThat(entry.path("status").asInt()).isEqualTo(201);
                    assertThat(entry.path("detail").toString()).contains("pump-1");
                });
        assertThat(browser.complaints()).isEmpty();
    }
}
