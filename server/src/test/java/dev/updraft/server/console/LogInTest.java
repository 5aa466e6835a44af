package dev.updraft.server.console;

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

/** From the door to the first page and out again. */
class LogInTest {
    private static final String PASSWORD = "correct horse battery";

    private Fixture fixture;
    private Browser browser;

    @BeforeEach
    void start(@TempDir Path data) {
        fixture = new Fixture(data);
        fixture.post("/api/v1/users", Map.of("name", "ada", "role", "operator"));
        fixture.put("/api/v1/users/ada/password", Map.of("password", PASSWORD));
        browser = new Browser("http://127.0.0.1:" + fixture.server().port());
    }

    @AfterEach
    void stop() {
        browser.close();
        fixture.close();
    }

    private static Page press(Page page, String button) {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .click();
        return page;
    }

    private Page logIn(Page page, String password) {
        page.getByLabel("User").fill("ada");
        page.getByLabel("Password").fill(password);
        return press(page, "Log in");
    }

    @Test
    void aPasswordOpensThePageThatWasAskedForAndLogOutEverywhereEndsAllOfThem() {
        Page first = browser.window();
        first.navigate("/console/devices?filter=tag%3D%3Dlab");
        assertThat(first.url()).contains("/console/login?to=");
        logIn(first, "wrong and long enough");
        assertThat(first.locator("#password-wrong").textContent()).contains("not the password");
        assertThat(first.getByLabel("User").inputValue()).isEqualTo("ada");
        logIn(first, PASSWORD);
        assertThat(first.url()).endsWith("/console/devices?filter=tag%3D%3Dlab");

        Page second = browser.window();
        second.navigate("/console");
        logIn(second, PASSWORD);
        assertThat(second.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1))
                        .textContent())
                .isEqualTo("Overview");
        press(second, "Log out everywhere");
        assertThat(second.url()).endsWith("/console/login");
        first.navigate("/console");
        assertThat(first.url()).endsWith("/console/login");
        assertThat(browser.complaints()).isEmpty();
    }
}
