package dev.updraft.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Sha256;
import dev.updraft.server.Server;
import dev.updraft.server.artifact.Artifacts;
import dev.updraft.server.store.Source;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.Postgres;
import dev.updraft.server.testing.SimulatedDevice;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    private final byte[] image = Images.image("stm32f407", 1, 1, 0, 10_000);
    private Path folder;

    @BeforeEach
    void folder(@TempDir Path temporary) {
        folder = temporary;
    }

    private static Backup.Result backup(Path data, @Nullable String database, Path file) throws IOException {
        try (Artifacts artifacts = Server.artifacts(null, data)) {
            return Backup.write(Source.of(database, data), artifacts, file);
        }
    }

    private static Restore.Result restore(Path file, Path data, @Nullable String database) throws IOException {
        Files.createDirectories(data);
        try (Artifacts artifacts = Server.artifacts(null, data)) {
            return Restore.read(file, Source.of(database, data), artifacts);
        }
    }

    /** Makes a fleet on {@code from}, backs it up while it runs and under changes, and looks at it again on {@code to}. */
    private void roundTrip(@Nullable String from, @Nullable String to) throws Exception {
        Path file = folder.resolve("fleet.zip");
        SimulatedDevice device;
        String admin;
        Backup.Result written;
        try (Fixture fixture = new Fixture(Fixture.config(folder.resolve("a")).withDatabase(from))) {
            fixture.publish(image);
            device = fixture.device("d1");
            assertThat(device.checkIn().status()).isEqualTo(200);
            device.report("downloading", Fixture.hex(Images.digest(image)));
            fixture.post("/api/v1/provisioning-keys", Map.of("name", "line 1"));
            admin = fixture.admin();
            AtomicBoolean stop = new AtomicBoolean();
            Thread busy = Thread.ofVirtual().start(() -> {
                for (int i = 0; !stop.get(); i++) {
                    fixture.device("later-" + i);
                }
            });
            written = backup(folder.resolve("a"), from, file);
            stop.set(true);
            busy.join();
        }
        Restore.Result read = restore(file, folder.resolve("b"), to);
        assertThat(read.rows()).isEqualTo(written.rows());
        assertThat(read.artifacts()).isEqualTo(1);
        Files.copy(folder.resolve("a/admin-token"), folder.resolve("b/admin-token"));
        try (Fixture fixture = new Fixture(Fixture.config(folder.resolve("b")).withDatabase(to))) {
            assertThat(fixture.admin()).isEqualTo(admin);
            // The device goes on where it was: its token holds, its offer stands, the bytes are there.
            device.at(fixture);
            Fixture.Answer offer = device.checkIn();
            assertThat(offer.status()).isEqualTo(200);
            String url = offer.json().path("url").asString();
            assertThat(fixture.send(fixture.request(url, device.token).GET()).body())
                    .isEqualTo(image);
            assertThat(fixture.get("/api/v1/devices/d1").json().path("history")).hasSize(1);
            // New rows get keys that none has.
            fixture.device("d2");
            fixture.post("/api/v1/provisioning-keys", Map.of("name", "line 2"));
            assertThat(fixture.get("/api/v1/provisioning-keys").json().path("keys"))
                    .hasSize(2);
        }
        assertThatThrownBy(() -> restore(file, folder.resolve("b"), to))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("The database is in use");
    }

    @Test
    void fromSqliteToSqlite() throws Exception {
        roundTrip(null, null);
    }

    @Test
    void fromSqliteToPostgres() throws Exception {
        roundTrip(null, Postgres.emptyDatabase());
    }

    @Test
    void fromPostgresToPostgres() throws Exception {
        roundTrip(Postgres.freshDatabase(), Postgres.emptyDatabase());
    }

    @Test
    void aDamagedBackupRestoresNothing() throws Exception {
        Path file = folder.resolve("fleet.zip");
        try (Fixture fixture = new Fixture(folder.resolve("a"))) {
            fixture.publish(image);
            backup(folder.resolve("a"), null, file);
        }
        String sha256 = Fixture.hex(Sha256.of(image));
        for (String entry : new String[] {"manifest.json", "tables/device.ndjson", "artifacts/" + sha256}) {
            Path damaged = Files.copy(file, folder.resolve("damaged-" + entry.hashCode() + ".zip"));
            try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + damaged.toUri()), Map.of())) {
                Files.delete(zip.getPath(entry));
            }
            Path data = folder.resolve("restored-" + entry.hashCode());
            assertThatThrownBy(() -> restore(damaged, data, null))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("is damaged");
        }
        Path changed = Files.copy(file, folder.resolve("changed.zip"));
        try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + changed.toUri()), Map.of())) {
            Path rows = zip.getPath("tables/release.ndjson");
            Files.writeString(rows, Files.readString(rows).replace("1.1.0", "9.9.9"));
        }
        Path data = folder.resolve("restored-changed");
        assertThatThrownBy(() -> restore(changed, data, null))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("table 'release' is not as it was written");
        // It is still an empty place, into which the whole backup goes.
        assertThat(restore(file, data, null).artifacts()).isEqualTo(1);
        Files.writeString(folder.resolve("text.zip"), "no zip");
        assertThatThrownBy(() -> restore(folder.resolve("text.zip"), folder.resolve("c"), null))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("cannot be read");
    }
}
