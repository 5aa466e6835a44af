package dev.updraft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import dev.updraft.gateway.smp.Pipe;
import dev.updraft.image.Image;
import dev.updraft.image.board.Board;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The technician's page in Debian's Chromium, with a stand-in for {@code navigator.serial} whose cable leads to an emulated board. */
class TechnicianPageTest {
    private static final Path BUILD = FirmwareBuild.home().resolve("build/technician-test");
    private static final Duration A_MOMENT = Duration.ofMillis(5);
    private static final double A_WHILE_MILLIS = 180_000;

    /** Chromium lists no pseudo-terminals and fakes no ports: all but the port itself is the page's own. */
    private static final String STAND_IN = """
            const port = {
              open: async () => {},
              close: async () => {},
              readable: new ReadableStream({
                async pull(controller) {
                  for (;;) {
                    const base64 = await fromDevice();
                    if (base64) {
                      controller.enqueue(Uint8Array.from(atob(base64), character => character.charCodeAt(0)));
                      return;
                    }
                    await new Promise(resolve => setTimeout(resolve, 10));
                  }
                },
              }),
              writable: new WritableStream({
                write: bytes => toDevice(btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))),
              }),
            };
            Object.defineProperty(navigator, 'serial', {value: {requestPort: async () => port}});
            """;

    @Test
    void aTechnicianUpdatesABoardOverACable(@TempDir Path folder) throws InterruptedException {
        Board kind = Board.find("stm32f407");
        Signing signing = Signing.fresh();
        FirmwareBuild firmware = new FirmwareBuild(FirmwareBuild.home(), kind, BUILD);
        byte[] bootloader = firmware.bootloader(signing.writeHeader(BUILD));
        Image oldImage = signing.sign(firmware.example("1.0.0", "serial"), kind.name(), "1.0.0");
        Image newImage = signing.sign(firmware.example("1.1.0", "serial"), kind.name(), "1.1.0");
        List<String> complaints = new ArrayList<>();
        AtomicBoolean closing = new AtomicBoolean();
        try (Fleet fleet = Fleet.start(folder.resolve("data"), 0);
                DemoBoard board = new DemoBoard(kind, "bench-1", 5, PowerCuts.none(), Net.SERIAL, state -> {});
                Pipe cable = board.openLine();
                Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(Path.of("/usr/bin/chromium"))
                                .setArgs(List.of("--no-sandbox", "--disable-gpu")))) {
            fleet.register("bench-1");
            fleet.publish(newImage);
            board.flash(bootloader, oldImage.bytes().toArray(), Map.of("id", "bench-1"));
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            Thread power = Thread.ofPlatform().daemon().start(() -> board.run(state -> closing.get(), deadline));

            Page page = browser.newPage();
            page.onPageError(complaints::add);
            page.exposeFunction("toDevice", arguments -> write(cable, String.valueOf(arguments[0])));
            page.exposeFunction("fromDevice", arguments -> read(cable));
            page.addInitScript(STAND_IN);
            page.navigate("http://127.0.0.1:" + fleet.port() + "/technician");
            page.locator("#token").fill(fleet.gatewayToken());
            page.locator("#cable").click();
            waitFor(page, "An update is ready");
            assertThat(page.locator("#runs").textContent()).isEqualTo("1.0.0.0");
            page.locator("#update").click();
            waitFor(page, "Done: the device runs 1.1.0, confirmed.");

            assertThat(fleet.knowsConfirmed("bench-1", newImage)).isTrue();
            for (JsonNode event : fleet.history("bench-1")) {
                assertThat(event.path("gateway").asString()).isEqualTo("demo-gateway");
            }
            assertThat(fleet.history("bench-1").findValuesAsString("event"))
                    .containsExactlyInAnyOrder("downloading", "downloaded", "installing", "confirmed");
            assertThat(complaints).isEmpty();
            closing.set(true);
            power.join();
        }
    }

    private static void waitFor(Page page, String words) {
        Locator state = page.locator("#state");
        state.filter(new Locator.FilterOptions().setHasText(words))
                .waitFor(new Locator.WaitForOptions().setTimeout(A_WHILE_MILLIS));
    }

    private static Object write(Pipe cable, String base64) {
        try {
            cable.write(Base64.getDecoder().decode(base64));
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object read(Pipe cable) {
        try {
            return Base64.getEncoder().encodeToString(cable.read(A_MOMENT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
