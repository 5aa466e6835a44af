package dev.updraft.emulator.part;

import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;

/**
 * How an ESP-AT module is made and where it is.
 *
 * @param firmware which generation of ESP-AT it runs
 * @param accessPoints name and password of the Wi-Fi networks in reach; empty: any name and password is accepted
 * @param factor how much slower (above 1) or faster than a typical module it boots, joins and answers
 * @param authorities whose certificates its flash holds, for servers that it is told to verify
 */
public record EspSettings(
        Firmware firmware, Map<String, String> accessPoints, double factor, Set<X509Certificate> authorities) {
    /** ESP-AT releases differ in how passive receive is switched on. */
    public enum Firmware {
        /** up to v3.2: AT+CIPRECVMODE */
        V2,
        /** from v3.3.0.0: AT+CIPRECVTYPE */
        V3
    }

    /** A v3 module that joins any network. */
    public static final EspSettings USUAL = new EspSettings(Firmware.V3, Map.of(), 1, Set.of());

    public EspSettings {
        accessPoints = Map.copyOf(accessPoints);
        authorities = Set.copyOf(authorities);
    }
}
