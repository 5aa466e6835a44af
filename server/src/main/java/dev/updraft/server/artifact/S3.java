package dev.updraft.server.artifact;

import dev.updraft.server.http.Problem;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Artifacts in an S3-compatible store. A chip asks for 4 KiB at a time, which no object store answers well: the first request for an
 * artifact fetches the whole of it into a directory, which serves from then on and forgets what has not been read for longest.
 */
public final class S3 implements Artifacts {
    private static final Logger LOG = Logger.getLogger(S3.class.getName());

    private static final Duration ATTEMPT = Duration.ofSeconds(10);

    /** Attempts that a call may take. A device is told to come again rather than be kept waiting for longer. */
    private static final double ATTEMPTS = 2.5;

    /** Bytes a second that a store must move to count as one that answers. */
    private static final long SLOWEST_RATE = 1 << 20;

    private final S3Location location;
    private final S3Client client;
    private final Directory cache;
    private final Damaged damaged = new Damaged();
    private final CacheOrder order;
    private final Duration longestAttempt;
    private final Duration longestCall;
    private final Map<String, CompletableFuture<Boolean>> fetching = new ConcurrentHashMap<>();

    /**
     * @param where see {@link S3Location}
     * @param folder for the copies that are served
     * @param most bytes that they may have together
     * @throws IllegalArgumentException if {@code where} is no place, or the store refuses it
     */
    public S3(String where, Path folder, long most) throws IOException {
        this(where, folder, most, ATTEMPT);
    }

    /** @param attempt how long the store may take to answer */
    S3(String where, Path folder, long most, Duration attempt) throws IOException {
        this.longestAttempt = attempt;
        this.longestCall = Duration.ofMillis((long) (attempt.toMillis() * ATTEMPTS));
        this.location = S3Location.parse(where);
        this.cache = new Directory(folder);
        this.order = new CacheOrder(folder, most);
        this.client = client(location, attempt, longestCall);
        try {
            client.headBucket(request -> request.bucket(location.bucket()));
        } catch (S3Exception e) {
            if (e.statusCode() < 500) {
                close();
                throw new IllegalArgumentException(
                        "The bucket '" + location.bucket() + "' of --artifacts answers " + e.statusCode()
                                + "; check its name, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                        e);
            }
            LOG.log(Level.WARNING, "the artifact store fails; the server starts without it", e);
        } catch (SdkException e) {
            // Check-ins go on without it, and it may come back: no reason not to start.
            LOG.log(Level.WARNING, "the artifact store does not answer; the server starts without it", e);
        }
    }

    private static S3Client client(S3Location location, Duration attempt, Duration call) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(location.region()))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(5))
                        .socketTimeout(attempt))
                .overrideConfiguration(
                        limits -> limits.apiCallAttemptTimeout(attempt).apiCallTimeout(call))
                // Bucket in the path, and no checksums beyond Amazon's old ones: what every compatible store takes.
                .forcePathStyle(location.endpoint() != null)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        if (location.endpoint() != null) {
            builder.endpointOverride(location.endpoint());
        }
        return builder.build();
    }

    @Override
    public Stored store(InputStream in, long largest) throws IOException {
        Stored stored = cache.store(in, largest);
        try {
            Duration attempt = longestAttempt.plusSeconds(stored.size() / SLOWEST_RATE);
            client.putObject(
                    request -> request.bucket(location.bucket())
                            .key(key(stored.sha256()))
                            .overrideConfiguration(limits -> limits.apiCallAttemptTimeout(attempt)
                                    .apiCallTimeout(longestCall.plusSeconds(stored.size() / SLOWEST_RATE))),
                    RequestBody.fromFile(cache.path(stored.sha256())));
        } catch (SdkException e) {
            cache.delete(stored.sha256());
            throw away(e);
        }
        order.used(stored.sha256(), stored.size(), cache);
        damaged.mended(stored.sha256());
        return stored;
    }

    @Override
    public void verify(String sha256) throws IOException {
        if (cache.condition(sha256, true) == Directory.Condition.DAMAGED) {
            cache.delete(sha256);
        }
        if (damaged.has(sha256)) {
            fetched(sha256);
            return;
        }
        try {
            client.headObject(request -> request.bucket(location.bucket()).key(key(sha256)));
        } catch (S3Exception e) {
            if (e.statusCode() == 404) {
                damaged.found(sha256, "is not in the store");
            }
        } catch (SdkException e) {
            throw away(e);
        }
    }

    @Override
    public Damaged damaged() {
        return damaged;
    }

    @Override
    public long size(String sha256) throws IOException {
        return fetched(sha256) ? cache.size(sha256) : -1;
    }

    @Override
    public InputStream open(String sha256, long offset, long length) throws IOException {
        fetched(sha256);
        return cache.open(sha256, offset, length);
    }

    @Override
    public void delete(String sha256) throws IOException {
        try {
            client.deleteObject(request -> request.bucket(location.bucket()).key(key(sha256)));
        } catch (SdkException e) {
            throw away(e);
        }
        cache.delete(sha256);
    }

    /** Makes sure that the cache has it; false if there is no such artifact. Many that ask at once share one download. */
    private boolean fetched(String sha256) throws IOException {
        switch (cache.condition(sha256, false)) {
            case SOUND -> {
                order.used(sha256, cache.size(sha256), cache);
                return true;
            }
            // The copy only: the store has another.
            case DAMAGED -> cache.delete(sha256);
            case ABSENT -> {}
        }
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> first = fetching.putIfAbsent(sha256, mine);
        if (first != null) {
            return await(first);
        }
        try {
            boolean found = fetch(sha256);
            mine.complete(found);
            return found;
        } catch (IOException | RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            fetching.remove(sha256, mine);
        }
    }

    private boolean await(CompletableFuture<Boolean> first) throws IOException {
        try {
            return first.get(longestCall.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw away(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away(e);
        }
    }

    private boolean fetch(String sha256) throws IOException {
        try (ResponseInputStream<GetObjectResponse> object = client.getObject(
                        request -> request.bucket(location.bucket()).key(key(sha256)));
                InputStream in = new FromStore(object)) {
            Stored stored = cache.store(in, Long.MAX_VALUE);
            if (!stored.sha256().equals(sha256)) {
                cache.delete(stored.sha256());
                damaged.found(sha256, "has other bytes in the store than it should");
                throw new IOException("the object of artifact " + sha256 + " has other bytes than it should");
            }
            order.used(sha256, stored.size(), cache);
            damaged.mended(sha256);
            return true;
        } catch (NoSuchKeyException e) {
            return false;
        } catch (S3Exception e) {
            if (e.statusCode() == 404) {
                return false;
            }
            throw away(e);
        } catch (SdkException e) {
            throw away(e);
        }
    }

    /** What fails here is the store, not the disk that the bytes are written to. The client's limits end with the first byte. */
    private final class FromStore extends FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> object;
        private final long begin = System.nanoTime();
        private long bytes;

        FromStore(ResponseInputStream<GetObjectResponse> object) {
            super(object);
            this.object = object;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            try {
                int read = super.read(into, offset, length);
                bytes += Math.max(0, read);
                if (System.nanoTime() - begin
                        > longestCall.plusSeconds(bytes / SLOWEST_RATE).toNanos()) {
                    // Closing would read the rest.
                    object.abort();
                    throw new IOException("too slow: " + bytes + " bytes in " + longestCall);
                }
                return read;
            } catch (IOException e) {
                throw away(e);
            }
        }
    }

    private String key(String sha256) {
        return location.prefix() + sha256.substring(0, 2) + "/" + sha256.substring(2);
    }

    private static Problem away(Exception why) {
        LOG.log(Level.WARNING, "the artifact store does not answer", why);
        return Problem.unavailable("The artifact store does not answer; try again in a few seconds.", 10);
    }

    @Override
    public void close() {
        client.close();
        cache.close();
    }
}
