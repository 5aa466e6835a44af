package dev.updraft.server.testing;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Debian's Chromium, driven as a person would. Whatever a page asks of another origin, and whatever its script complains of, is kept. */
public final class Browser implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    /** One for all tests of a process: to start it takes longer than most of them. */
    private static com.microsoft.playwright.@Nullable Browser chromium;

    private final String origin;
    private final List<BrowserContext> contexts = new ArrayList<>();
    private final Set<String> elsewhere = new TreeSet<>();
    private final List<String> complaints = new ArrayList<>();

    /** @param origin of the console, such as {@code http://127.0.0.1:8080} */
    public Browser(String origin) {
        this.origin = origin;
    }

    private static synchronized com.microsoft.playwright.Browser chromium() {
        if (chromium == null) {
            Playwright playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            chromium = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(Path.of("/usr/bin/chromium"))
                            .setArgs(List.of("--no-sandbox", "--disable-gpu", "--font-render-hinting=none")));
        }
        return chromium;
    }

    /** A window of its own, with cookies of its own. */
    public Page window(int width, int height, boolean dark) {
        return window(width, height, dark, true);
    }

    /** One whose scripts are switched off. */
    public Page withoutScripts() {
        return window(1280, 900, false, false);
    }

    private Page window(int width, int height, boolean dark, boolean scripts) {
        BrowserContext context = chromium()
                .newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                        .setJavaScriptEnabled(scripts)
                        .setBaseURL(origin)
                        .setViewportSize(width, height)
                        .setReducedMotion(ReducedMotion.REDUCE)
                        .setTimezoneId("Europe/Berlin")
                        .setLocale("en-GB")
                        .setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT));
        contexts.add(context);
        context.setDefaultTimeout(PATIENCE_MILLIS);
        context.onRequest(this::look);
        Page page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            // Chromium's own line for an answer of 4xx is none of the page's.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                complaints.add(message.text());
            }
        });
        return page;
    }

    public Page window() {
        return window(1280, 900, false);
    }

    private void look(Request request) {
        if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) {
            elsewhere.add(request.url());
        }
    }

    /** What was asked of other origins, and what scripts and the policy complained of. */
    public List<String> complaints() {
        List<String> all = new ArrayList<>(complaints);
        elsewhere.forEach(url -> all.add("asked of another origin: " + url));
        return all;
    }

    /** What axe-core finds in {@code page} against WCAG 2.1 A and AA: each with the elements it is about. */
    public static List<String> barriers(Page page) {
        page.evaluate(axe());
        Object found = page.evaluate("""
                async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}))
                    .violations.map(v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).slice(0, 4).join(' | '))
                """);
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    private static String axe() {
        try (InputStream in = Browser.class.getResourceAsStream("/axe.min.js")) {
            if (in == null) {
                throw new IllegalStateException("axe-core is not there");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        contexts.forEach(BrowserContext::close);
    }
}
