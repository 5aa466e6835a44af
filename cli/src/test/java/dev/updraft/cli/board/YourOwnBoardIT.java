package dev.updraft.cli.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/guide/your-own-board.md, in their order; with fewer cuts, and the example as the application. */
class YourOwnBoardIT {
    private static final Path HOME = Path.of(System.getenv("UPDRAFT_HOME"));

    @Test
    void theGuideLeadsFromAChipToARehearsedUpdate(@TempDir Path folder) throws Exception {
        Path updraft = Files.writeString(
                folder.resolve("updraft"),
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin/java") + "' -jar '"
                        + System.getProperty("updraft.jar") + "' \"$@\"\n");
        Files.setPosixFilePermissions(updraft, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> commands = Files.readString(HOME.resolve("docs/guide/your-own-board.md"))
                .lines()
                .filter(line -> line.startsWith("        ") && line.strip().matches("(updraft|make) .*"))
                .map(String::strip)
                .toList();
        assertThat(commands).hasSizeGreaterThan(6);
        StringBuilder script = new StringBuilder("set -e\nln -s '" + HOME.resolve("device") + "' device\n");
        for (String command : commands) {
            if (command.startsWith("updraft image sign") && script.indexOf("app.elf") < 0) {
                script.append("make -s -C device BOARD=$PWD/door-lock.toml BUILD=$PWD/app VERSION=1.0.0 example\n")
                        .append("cp app/example-1.0.0.elf app.elf\n");
            }
            script.append(command.replace("--cuts 200", "--cuts 4 --crypto host --run 1"))
                    .append('\n');
        }
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", script.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        shell.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        shell.environment().put("UPDRAFT", updraft.toString());
        Process process = shell.start();
        assertThat(process.waitFor()).as(() -> log(folder)).isZero();
        assertThat(log(folder)).contains("nothing is wrong").contains("Passed: every cut was survived");
    }

    private static String log(Path folder) {
        try {
            return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
