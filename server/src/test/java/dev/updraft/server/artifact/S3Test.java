package dev.updraft.server.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.updraft.image.Sha256;
import dev.updraft.server.CannotStart;
import dev.updraft.server.testing.Fixture;
import dev.updraft.server.testing.Images;
import dev.updraft.server.testing.SimulatedDevice;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Artifacts in S3Proxy, an S3 server that keeps objects as files and verifies AWS's signatures. */
class S3Test {
    private static final String KEY = "operator";
    private static final String SECRET = "correct horse battery staple";

    private final byte[] image = Images.image("stm32f407", 1, 1, 0, 100_000);
    private final String sha256 = Fixture.hex(Sha256.of(image));
    private Path folder;
    private BlobStore store;
    private S3Proxy proxy;

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        folder = temporary;
        store = new FilesystemNio2BlobStore(
                Files.createDirectory(folder.resolve("s3")).toString());
        store.createContainer("firmware");
        proxy = S3Proxy.builder()
                .blobStore(store)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                .build();
        proxy.start();
    }

    @AfterEach
    void stop() throws Exception {
        proxy.stop();
        store.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    private String location(String bucket) {
        return "s3://" + bucket + "/updraft?endpoint=http://127.0.0.1:" + proxy.getPort();
    }

    private Fixture server(String data) {
        return new Fixture(Fixture.config(folder.resolve(data)).withArtifacts(location("firmware")));
    }

    private static Fixture.Answer fetch(Fixture fixture, SimulatedDevice device, String sha256) {
        return fixture.send(fixture.request("/device/v1/artifacts/" + sha256, device.token)
                .header("Range", "bytes=4096-8191")
                .GET());
    }

    @Test
    void imagesAreKeptInTheBucketAndServedInRanges() throws Exception {
        try (Fixture fixture = server("a")) {
            fixture.publish(image);
            SimulatedDevice device = fixture.device("d1");
            try (Stream<Path> objects = Files.walk(folder.resolve("s3/firmware/updraft"))) {
                assertThat(objects.filter(Files::isRegularFile)).hasSize(1);
            }
            // The copy beside the server is only a copy: without it the bytes come from the bucket.
            dropCopies("a");
            fixture.restart();
            Fixture.Answer range = fetch(fixture, device, sha256);
            assertThat(range.status()).isEqualTo(206);
            assertThat(range.body()).isEqualTo(java.util.Arrays.copyOfRange(image, 4096, 8192));
            assertThat(fetch(fixture, device, "00".repeat(32)).status()).isEqualTo(404);
        }
    }

    @Test
    void aStoreThatIsDownMeansComeAgainAndNothingHalfDone() throws Exception {
        try (Fixture fixture = server("a")) {
            fixture.publish(image);
            SimulatedDevice device = fixture.device("d1");
            proxy.stop();
            // What was fetched before is still served.
            assertThat(fetch(fixture, device, sha256).status()).isEqualTo(206);
            // Started anew without the store and without copies, the server still answers check-ins.
            dropCopies("a");
            fixture.restart();
            Fixture.Answer answer = fetch(fixture, device, sha256);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isNotNull();
            assertThat(fixture.upload("/api/v1/releases", Images.image("stm32f407", 1, 2, 0, 100))
                            .status())
                    .isEqualTo(503);
            assertThat(fixture.get("/api/v1/releases").json().path("releases")).hasSize(1);
            assertThat(device.checkIn().status()).isEqualTo(200);
        }
    }

    private void dropCopies(String data) throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve(data).resolve("artifact-copies"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aPlaceThatCannotBeUsedIsToldInOneSentence() {
        for (String wrong :
                new String[] {"http://x", "s3://", "s3://b?endpoint=ftp://x", "s3://b?colour=red", "s3:// "}) {
            assertThatThrownBy(() ->
                            new Fixture(Fixture.config(folder.resolve("b")).withArtifacts(wrong)))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("write it like s3://");
        }
        assertThatThrownBy(() -> new Fixture(Fixture.config(folder.resolve("b")).withArtifacts(location("absent"))))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("bucket 'absent'");
        System.setProperty("aws.secretAccessKey", "wrong");
        assertThatThrownBy(() -> new Fixture(Fixture.config(folder.resolve("b")).withArtifacts(location("firmware"))))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("answers 403");
    }
}
