package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.fleet.Device;
import dev.updraft.server.http.Problem;

/** Takes in what a device says it was brought to in another way. */
@FunctionalInterface
public interface InstalledSets {
    /**
     * @return false if that is known
     * @throws Problem 404 if there is no such distribution set
     */
    boolean installed(Device device, String name, String version);
}
