package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.Bus;
import dev.updraft.emulator.memory.BusFault;
import dev.updraft.emulator.memory.DeviceRegion;
import dev.updraft.emulator.memory.Flash;
import dev.updraft.emulator.memory.LittleEndian;
import dev.updraft.emulator.memory.Ram;
import dev.updraft.emulator.memory.Region;
import org.jspecify.annotations.Nullable;

/**
 * The processor's data accesses. Two windows of plain memory are read straight: flash, and the RAM that was used last.
 * Everything else is looked up, with the clock set to the instruction that asks.
 */
final class DataPort implements Bus.CodeListener {
    /** STIR checks privilege itself (B3.2.26). */
    private static final int SOFTWARE_TRIGGER = 0xE000_EF00;

    private static final byte[] NOTHING = new byte[4];

    private final Bus bus;
    private final Clock clock;
    private final ExceptionUnit exceptions;

    byte[] ram = NOTHING;
    int ramBase;
    /** Offsets below it have four bytes behind them. */
    int ramLimit;

    byte[] flash = NOTHING;
    int flashBase;
    int flashLimit;

    boolean missed;

    /** Cleared by a read of what may be another value at the next read, and by a write that does something each time. */
    boolean steady;

    /** Accesses to devices, for whoever sets them back. */
    int deviceReads;

    int deviceWrites;

    /** Cycle of the first instruction of the block under way; an access by its instruction i happens at this + i. */
    long blockStart;

    private DebugUnit.@Nullable AccessListener watcher;

    /** The last access that was none to plain memory, for reports; width 0 before the first. */
    int lastAddress;

    int lastWidth;
    boolean lastWrite;
    int lastValue;

    /** CCR.UNALIGN_TRP, and always in Armv6-M. */
    private boolean alignmentTrap;

    private final boolean alwaysAligned;
    private final Mpu mpu;
    private boolean guarded;
    private boolean privileged = true;
    /** Whether all of flash may be executed, so that nobody needs to ask. */
    boolean flashExecutable = true;

    DataPort(CpuModel model, Bus bus, Clock clock, ExceptionUnit exceptions, Mpu mpu) {
        this.mpu = mpu;
        alwaysAligned = model == CpuModel.CORTEX_M0;
        alignmentTrap = alwaysAligned;
        this.exceptions = exceptions;
        this.bus = bus;
        this.clock = clock;
        bus.addListener(this);
        mapChanged();
    }

    void setAlignmentTrap(boolean on) {
        alignmentTrap = on || alwaysAligned;
        mapChanged();
    }

    /** To be called whenever privilege, priority or the MPU may have changed. */
    void protect(boolean nowPrivileged, boolean urgent) {
        boolean nowGuarded = mpu.inForce(urgent);
        if (nowGuarded || guarded || nowPrivileged != privileged) {
            privileged = nowPrivileged;
            guarded = nowGuarded;
            mapChanged();
        }
    }

    /** Whether the MPU lets data be read or written there. */
    boolean allows(int address, boolean write) {
        return !guarded || mpu.allows(address, write, privileged);
    }

    boolean executable(int address) {
        return !guarded || mpu.executable(address, privileged);
    }

    private void check(int address, boolean write) {
        if (!allows(address, write)) {
            exceptions.memManageAddress = address;
            throw Fault.protection(address, write);
        }
        if (!privileged && address >>> 20 == 0xE00 && address != SOFTWARE_TRIGGER) {
            throw new BusFault(address, "unprivileged access to 0x" + Integer.toHexString(address));
        }
    }

    /** Has every access told before it is made, also those to plain memory; null: none. */
    void watch(DebugUnit.@Nullable AccessListener listener) {
        watcher = listener;
        mapChanged();
    }

    int load32(int address, int i) {
        int offset = address - ramBase;
        if (Integer.compareUnsigned(offset, ramLimit) < 0) {
            return (int) LittleEndian.INT.get(ram, offset);
        }
        return load(address, 4, i);
    }

    int load16(int address, int i) {
        int offset = address - ramBase;
        if (Integer.compareUnsigned(offset, ramLimit) < 0) {
            return (short) LittleEndian.SHORT.get(ram, offset) & 0xFFFF;
        }
        return load(address, 2, i);
    }

    int load8(int address, int i) {
        int offset = address - ramBase;
        if (Integer.compareUnsigned(offset, ramLimit) < 0) {
            return ram[offset] & 0xFF;
        }
        return load(address, 1, i);
    }

    void store32(int address, int value, int i) {
        int offset = address - ramBase;
        if (Integer.compareUnsigned(offset, ramLimit) < 0) {
            LittleEndian.INT.set(ram, offset, value);
        } else {
            store(address, 4, value, i);
        }
    }

    void store16(int address, int value, int i) {
        int offset = address - ramBase;
        if (Integer.compareUnsigned(offset, ramLimit) < 0) {
            LittleEndian.SHORT.set(ram, offset, (short) value);
        } else {
            store(address, 2, value, i);
        }
    }

    void store8(int address, int value, int i) {
        int offset = address - ramBase;
        if (Integer.compareUnsigned(offset, ramLimit) < 0) {
            ram[offset] = (byte) value;
        } else {
            store(address, 1, value, i);
        }
    }

    /** Several words at once must be aligned (A3.2.1). */
    static void requireWordAligned(int address) {
        if ((address & 3) != 0) {
            throw Fault.usage(Fault.UNALIGNED, unaligned(address));
        }
    }

    /** For translated code: reads flash, or sets {@link #missed} when the address is none that may be read straight. */
    int flash(int address, int width) {
        int offset = address - flashBase;
        if (Integer.compareUnsigned(offset, flashLimit) < 0) {
            missed = false;
            return LittleEndian.get(flash, offset, width);
        }
        missed = true;
        return 0;
    }

    private int load(int address, int width, int i) {
        int offset = address - flashBase;
        if (Integer.compareUnsigned(offset, flashLimit) < 0) {
            return LittleEndian.get(flash, offset, width);
        }
        if ((address & width - 1) != 0) {
            return loadUnaligned(address, width, i);
        }
        check(address, false);
        if (watcher != null) {
            watcher.accessed(address, width, false, 0);
        }
        Region region = bus.find(address);
        if (region instanceof Ram memory) {
            use(memory);
            return LittleEndian.get(memory.bytes(), address - memory.base(), width);
        }
        clock.at(blockStart + i);
        note(address, width, false, 0);
        deviceReads++;
        steady &= region instanceof DeviceRegion device && device.steady(address - device.base());
        try {
            return bus.read(address, width);
        } catch (BusFault fault) {
            if (exceptions.ignores(fault)) {
                return 0;
            }
            throw fault;
        }
    }

    private void store(int address, int width, int value, int i) {
        if ((address & width - 1) != 0) {
            storeUnaligned(address, width, value, i);
            return;
        }
        check(address, true);
        if (watcher != null) {
            watcher.accessed(address, width, true, value);
        }
        Region region = bus.find(address);
        if (region instanceof Ram memory) {
            use(memory);
            LittleEndian.put(memory.bytes(), address - memory.base(), width, value);
            return;
        }
        clock.at(blockStart + i);
        note(address, width, true, value);
        deviceWrites++;
        steady &= region instanceof DeviceRegion device && device.idempotent(address - device.base(), width, value);
        try {
            bus.write(address, width, value);
        } catch (BusFault fault) {
            if (!exceptions.ignores(fault)) {
                throw fault;
            }
        }
    }

    private void note(int address, int width, boolean write, int value) {
        lastAddress = address;
        lastWidth = width;
        lastWrite = write;
        lastValue = value;
    }

    private int loadUnaligned(int address, int width, int i) {
        checkUnaligned(address);
        int value = 0;
        for (int k = 0; k < width; k++) {
            value |= load8(address + k, i) << 8 * k;
        }
        return value;
    }

    private void storeUnaligned(int address, int width, int value, int i) {
        checkUnaligned(address);
        for (int k = 0; k < width; k++) {
            store8(address + k, value >>> 8 * k, i);
        }
    }

    /** Unaligned accesses work in normal memory only, and only if they are not trapped (A3.2.1, B3.2.8). */
    private void checkUnaligned(int address) {
        if (alignmentTrap || bus.find(address) instanceof DeviceRegion && bus.memoryAt(address) == null) {
            throw Fault.usage(Fault.UNALIGNED, unaligned(address));
        }
    }

    private static String unaligned(int address) {
        return "unaligned access at 0x" + Integer.toHexString(address);
    }

    private void use(Ram memory) {
        boolean open = !guarded || mpu.allowsAll(memory.base(), memory.size(), true, privileged);
        if (open && !alignmentTrap && watcher == null && memory.size() >= 4) {
            ram = memory.bytes();
            ramBase = memory.base();
            ramLimit = memory.size() - 3;
        }
    }

    @Override
    public void codeChanged(int address, int length) {
        // Data is read from the array itself.
    }

    @Override
    public void mapChanged() {
        ramLimit = 0;
        flashLimit = 0;
        flashExecutable = true;
        for (Region region : bus.regions()) {
            if (region instanceof Flash memory && flashLimit == 0) {
                flashExecutable &= !guarded || mpu.allExecutable(memory.base(), memory.size(), privileged);
                if (alignmentTrap
                        || watcher != null
                        || guarded && !mpu.allowsAll(memory.base(), memory.size(), false, privileged)) {
                    continue;
                }
                flash = memory.bytes();
                flashBase = memory.base();
                flashLimit = Math.max(0, memory.firstGuarded() - 3);
            }
        }
    }
}
