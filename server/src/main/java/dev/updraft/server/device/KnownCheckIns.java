package dev.updraft.server.device;

import dev.updraft.server.fleet.CheckIn;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What check-ins say, by their bytes. Devices that run the same firmware on the same board send the same bytes, and one device sends
 * them every time: they are parsed once, and all of them share one {@link CheckIn}.
 */
final class KnownCheckIns {
    /** More than versions and boards are in the field at one time; then it starts again. */
    private static final int MOST = 4_096;

    /** Longer ones carry attributes, which differ from device to device. */
    private static final int LONGEST = 256;

    private final Map<Body, CheckIn> known = new ConcurrentHashMap<>();

    private static final class Body {
        private final Encoding encoding;
        private final byte[] bytes;
        private final int hash;

        Body(Encoding encoding, byte[] bytes) {
            this.encoding = encoding;
            this.bytes = bytes;
            this.hash = Arrays.hashCode(bytes);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Body body && encoding == body.encoding && Arrays.equals(bytes, body.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** @throws dev.updraft.server.http.Problem 400 if {@code bytes} are no check-in */
    CheckIn read(Encoding encoding, byte[] bytes) {
        if (bytes.length > LONGEST) {
            return Messages.checkIn(encoding, bytes);
        }
        Body body = new Body(encoding, bytes);
        CheckIn facts = known.get(body);
        if (facts == null) {
            facts = Messages.checkIn(encoding, bytes);
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(body, facts);
        }
        return facts;
    }
}
