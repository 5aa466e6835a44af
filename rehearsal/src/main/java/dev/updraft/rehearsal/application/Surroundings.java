package dev.updraft.rehearsal.application;

import dev.updraft.emulator.network.Network;
import dev.updraft.emulator.network.NoNetwork;
import dev.updraft.image.Bytes;
import java.util.function.Supplier;

/**
 * What the application finds around it.
 *
 * @param seconds of the device's time to watch it; above the 30 s of the trial's watchdog, so that an application that hangs is seen to be bitten
 * @param settings what the production line wrote behind {@code settingsAddress}; empty: the sector is erased
 * @param settingsAddress the processor's
 * @param network what its Wi-Fi module reaches; one is made for the run
 */
public record Surroundings(int seconds, Bytes settings, long settingsAddress, Supplier<Network> network) {
    /** No settings, and a module that reaches nothing. */
    public static Surroundings alone(int seconds) {
        return new Surroundings(seconds, Bytes.wrapping(new byte[0]), 0, NoNetwork::new);
    }
}
