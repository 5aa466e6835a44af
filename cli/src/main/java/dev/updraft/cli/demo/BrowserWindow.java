package dev.updraft.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens a page in the browser of whoever sits at this computer, if it has a screen. */
final class BrowserWindow {
    private BrowserWindow() {}

    /** @return false if there is no screen, or nothing that opens pages */
    static boolean open(String link) {
        List<String> command = command(System.getProperty("os.name", ""), System.getenv());
        if (command == null) {
            return false;
        }
        try {
            new ProcessBuilder(command.getFirst(), link)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Null if there is none. */
    static @Nullable List<String> command(String system, Map<String, String> environment) {
        if (system.toLowerCase(Locale.ROOT).startsWith("mac")) {
            return List.of("open");
        }
        boolean screen = environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
        for (String folder : environment.getOrDefault("PATH", "").split(":")) {
            if (screen && !folder.isEmpty() && Files.isExecutable(Path.of(folder, "xdg-open"))) {
                return List.of("xdg-open");
            }
        }
        return null;
    }
}
