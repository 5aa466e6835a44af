package dev.updraft.emulator.memory;

/** Addresses that belong to a {@link Device}. */
public final class DeviceRegion extends Region {
    private final Device device;

    DeviceRegion(String name, int base, int size, Device device) {
        super(name, base, size);
        this.device = device;
    }

    public boolean steady(int offset) {
        return device.steady(offset);
    }

    public boolean idempotent(int offset, int width, int value) {
        return device.idempotent(offset, width, value);
    }

    @Override
    int read(int offset, int width) {
        return device.read(offset, width);
    }

    @Override
    void write(int offset, int width, int value) {
        device.write(offset, width, value);
    }
}
