package dev.updraft.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Programs of others that tests compare with. ./check installs them, and fails where a test was left out for want of one. */
public final class Tools {
    private Tools() {}

    /** Leaves the test out if a program is not on the path. */
    public static void need(String... programs) {
        for (String program : programs) {
            boolean found = List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
            Assumptions.assumeTrue(found, "not installed: " + program);
        }
    }

    /** What the program printed; it must have gone well. */
    public static String run(Path folder, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
        return output;
    }
}
