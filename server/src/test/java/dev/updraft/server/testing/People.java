package dev.updraft.server.testing;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;

/** What people do at the console, in the words that they see. */
public final class People {
    private People() {}

    /** Logs in with an API token, at the page {@code path}. */
    public static Page at(Browser browser, String token, String path) {
        return at(browser.window(), token, path);
    }

    public static Page at(Page page, String token, String path) {
        page.navigate(path);
        page.getByText("With an API token").click();
        page.getByLabel("API token").fill(token);
        return press(page, "Log in with the token");
    }

    public static Page press(Page page, String button) {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .click();
        return page;
    }

    public static Page follow(Page page, String link) {
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(link).setExact(true))
                .first()
                .click();
        return page;
    }

    public static String title(Page page) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1))
                .textContent();
    }

    /** What is said in the part called {@code name}, by its heading. */
    public static Locator part(Page page, String name) {
        return page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Waits until {@code text} is to be seen. */
    public static void see(Page page, String text) {
        page.getByText(text).first().waitFor();
    }
}
