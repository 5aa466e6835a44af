package dev.updraft.emulator.part;

import dev.updraft.emulator.network.Network;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.2 between the module and a server, as modules in the field speak it: what the chip sends is encrypted, what comes is decrypted, over
 * any {@link Network}. Whether the server's certificate is looked at is the module's setting.
 */
final class EspTls implements Network.Link, Network.Listener {
    /**
     * How the module was told to connect.
     *
     * @param verifies it looks at the server's certificate
     * @param authorities what it trusts then
     * @param serverName sent in the handshake; empty: none
     * @param commonName that the certificate must be for; empty: any
     * @param knowsTime else the dates of a certificate are compared with 1970
     */
    record Settings(
            boolean verifies,
            Set<X509Certificate> authorities,
            String serverName,
            String commonName,
            boolean knowsTime) {}

    /** Decrypted bytes that wait for the chip, from which on no more is taken from the network. */
    private static final int MOST_DECRYPTED = 16 * 1024;

    private final Network.Listener above;
    private final SSLEngine engine;
    private Network.@Nullable Link below;
    private ByteBuffer encrypted = ByteBuffer.allocate(64 * 1024).flip();
    private boolean open;
    private boolean ended;
    private int waiting;
    private int notConsumed;

    EspTls(Network.Listener above, Settings settings) {
        this.above = above;
        this.engine = engine(settings);
    }

    /** The connection that it runs on. */
    EspTls over(Network.Link link) {
        below = link;
        return this;
    }

    private static SSLEngine engine(Settings settings) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.2");
            context.init(null, trust(settings), null);
            SSLEngine engine = context.createSSLEngine(settings.commonName(), -1);
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.2"});
            if (!settings.serverName().isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(settings.serverName())));
            }
            if (settings.verifies() && !settings.commonName().isEmpty()) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            engine.setSSLParameters(parameters);
            return engine;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS 1.2", e);
        }
    }

    private static TrustManager[] trust(Settings settings) throws GeneralSecurityException {
        if (!settings.verifies()) {
            return new TrustManager[] {new TakesAnything()};
        }
        Set<TrustAnchor> anchors = settings.authorities().stream()
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet());
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(settings.knowsTime() ? Instant.now() : Instant.EPOCH));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        return factory.getTrustManagers();
    }

    /** Of a module that was not told to verify. */
    private static final class TakesAnything extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine with) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine with) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    // From the network.

    @Override
    public void connected() {
        attempt(() -> {
            engine.beginHandshake();
            proceed();
        });
    }

    @Override
    public void received(byte[] bytes) {
        ByteBuffer joined = ByteBuffer.allocate(Math.max(64 * 1024, encrypted.remaining() + bytes.length));
        joined.put(encrypted).put(bytes).flip();
        encrypted = joined;
        notConsumed += bytes.length;
        attempt(this::proceed);
        takeMore();
    }

    @Override
    public void closed() {
        end("the connection broke");
    }

    @Override
    public void refused(String why) {
        end(why);
    }

    private void end(String why) {
        if (!ended) {
            ended = true;
            if (open) {
                above.closed();
            } else {
                above.refused(why);
            }
        }
    }

    private interface Piece {
        void run() throws SSLException;
    }

    private void attempt(Piece piece) {
        try {
            piece.run();
        } catch (SSLException e) {
            flushAlert();
            close();
            end("TLS: " + e.getMessage());
        }
    }

    private void flushAlert() {
        try {
            wrap(ByteBuffer.allocate(0));
        } catch (SSLException e) {
            // Nothing is left to be said.
        }
    }

    private void proceed() throws SSLException {
        while (!ended) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                default -> {
                    if (!unwrap()) {
                        return;
                    }
                }
            }
            boolean established = engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING
                    && !engine.getSession().getCipherSuite().startsWith("SSL_NULL");
            if (!open && established) {
                open = true;
                above.connected();
            }
        }
    }

    /** Decrypts a record; false when none is whole. */
    private boolean unwrap() throws SSLException {
        ByteBuffer clear = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        SSLEngineResult result = engine.unwrap(encrypted, clear);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            end("the server ended TLS");
            return false;
        }
        if (clear.position() > 0) {
            waiting += clear.position();
            above.received(Arrays.copyOf(clear.array(), clear.position()));
        }
        return result.getStatus() == SSLEngineResult.Status.OK
                && (result.bytesConsumed() > 0 || encrypted.hasRemaining());
    }

    private void wrap(ByteBuffer clear) throws SSLException {
        do {
            ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(clear, out);
            Network.Link link = below;
            if (link != null && out.position() > 0) {
                link.send(Arrays.copyOf(out.array(), out.position()));
            }
        } while (clear.hasRemaining() && !engine.isOutboundDone());
    }

    private void takeMore() {
        Network.Link link = below;
        if (link != null && notConsumed > 0 && waiting < MOST_DECRYPTED) {
            link.consumed(notConsumed);
            notConsumed = 0;
        }
    }

    // From the module.

    @Override
    public void send(byte[] bytes) {
        attempt(() -> wrap(ByteBuffer.wrap(bytes)));
    }

    @Override
    public void consumed(int count) {
        waiting -= count;
        takeMore();
    }

    @Override
    public void close() {
        engine.closeOutbound();
        flushAlert();
        Network.Link link = below;
        if (link != null) {
            link.close();
        }
    }
}
