package dev.updraft.gateway.link;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where to look for devices: places that were named, and every serial port there is. */
public record Places(List<Place> named, boolean everySerialPort) {
    public Places {
        named = List.copyOf(named);
    }

    /** Those that are there now. */
    public Set<Place> now() {
        Set<Place> places = new LinkedHashSet<>(named);
        if (everySerialPort) {
            Set<String> taken = new LinkedHashSet<>();
            for (Place place : named) {
                if (place instanceof Place.Serial(String port, int baud, boolean raw)) {
                    taken.add(port);
                }
            }
            SerialPipe.all().stream()
                    .filter(port -> !taken.contains(port))
                    .forEach(port -> places.add(new Place.Serial(port, Place.BAUD, false)));
        }
        return places;
    }
}
