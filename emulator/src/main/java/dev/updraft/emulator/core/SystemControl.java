package dev.updraft.emulator.core;

import dev.updraft.emulator.memory.Device;

/** The System Control Space at 0xE000E000 (Armv7-M ARM B3.2 to B3.5): SCB, SysTick, NVIC, MPU registers. */
final class SystemControl implements Device {
    private static final int VECTKEY = 0x05FA;
    private static final int USGFAULTENA = 1 << 18;
    private static final int BUSFAULTENA = 1 << 17;
    private static final int MEMFAULTENA = 1 << 16;

    private final CpuModel model;
    private final Nvic nvic;
    private final SysTick sysTick;
    private final ExceptionUnit exceptions;
    private final SystemOperations system;
    private final DataPort port;
    private final Runnable resetRequest;

    private final Mpu mpu;

    /** DEMCR. */
    private int debugMonitor;

    SystemControl(
            CpuModel model,
            Nvic nvic,
            SysTick sysTick,
            ExceptionUnit exceptions,
            SystemOperations system,
            DataPort port,
            Mpu mpu,
            Runnable resetRequest) {
        this.mpu = mpu;
        this.model = model;
        this.nvic = nvic;
        this.sysTick = sysTick;
        this.exceptions = exceptions;
        this.system = system;
        this.port = port;
        this.resetRequest = resetRequest;
    }

    void reset() {
        sysTick.reset();
        mpu.reset();
        debugMonitor = 0;
        system.divisionTrap = false;
        port.setAlignmentTrap(false);
    }

    @Override
    public int read(int offset, int width) {
        int aligned = offset & ~3;
        return readWord(aligned) >>> 8 * (offset & 3) & (width == 4 ? -1 : (1 << 8 * width) - 1);
    }

    @Override
    public void write(int offset, int width, int value) {
        int aligned = offset & ~3;
        if (width == 4) {
            writeWord(aligned, value);
        } else if (isPriority(aligned)) {
            for (int i = 0; i < width; i++) {
                setPriorityByte(offset + i, value >>> 8 * i & 0xFF);
            }
        } else {
            int shift = 8 * (offset & 3);
            int mask = (1 << 8 * width) - 1 << shift;
            boolean clearsByOne = aligned == 0xD28;
            int kept = clearsByOne ? 0 : readWord(aligned) & ~mask;
            writeWord(aligned, kept | value << shift & mask);
        }
    }

    private static boolean isPriority(int offset) {
        return offset >= 0x400 && offset < 0x800 || offset >= 0xD18 && offset < 0xD24;
    }

    private int readWord(int offset) {
        if (offset >= 0x10 && offset < 0x20) {
            return sysTick.read(offset);
        }
        if (isPriority(offset)) {
            int value = 0;
            for (int i = 3; i >= 0; i--) {
                value = value << 8 | priorityByte(offset + i);
            }
            return value;
        }
        if (offset >= 0x100 && offset < 0x400) {
            int group = offset >>> 7;
            return bits(offset, group == 2 || group == 3 ? 0 : group == 4 || group == 5 ? 1 : 2);
        }
        if (offset >= 0xD90 && offset < 0xDB8) {
            return mpu.read(offset);
        }
        return switch (offset) {
            case 0x004 -> (nvic.interrupts() + 31) / 32 - 1;
            case 0xD00 -> model.id;
            case 0xD04 -> interruptControlState();
            case 0xD08 -> exceptions.vectorTable;
            case 0xD0C -> 0xFA05_0000 | nvic.grouping() << 8;
            case 0xD10 -> exceptions.systemControl;
            case 0xD14 -> exceptions.configuration;
            case 0xD24 -> handlerControl();
            case 0xD28 -> exceptions.configurableFaultStatus;
            case 0xD2C -> exceptions.hardFaultStatus;
            case 0xD34 -> exceptions.memManageAddress;
            case 0xD38 -> exceptions.busFaultAddress;
            case 0xD40 -> 0x30; // ID_PFR0
            case 0xD44 -> 0x200; // ID_PFR1
            case 0xD48 -> 0x10_0000; // ID_DFR0
            case 0xD50 -> 0x10_0030; // ID_MMFR0
            case 0xD60 -> 0x0110_1110; // ID_ISAR0
            case 0xD64 -> 0x0211_2000;
            case 0xD68 -> 0x2123_2231;
            case 0xD6C -> 0x0111_1131;
            case 0xD70 -> 0x0131_0132;
            case 0xD88 -> exceptions.fpu.access;
            case 0xDFC -> debugMonitor;
            case 0xF34 -> exceptions.fpu.contextControl;
            case 0xF38 -> exceptions.fpu.contextAddress;
            case 0xF3C -> exceptions.fpu.defaultStatus;
            case 0xF40 -> model.doublePrecision ? 0x1011_0221 : 0x1011_0021; // MVFR0
            case 0xF44 -> model.doublePrecision ? 0x1200_0011 : 0x1100_0011; // MVFR1
            case 0xF48 -> model.version5 ? 0x40 : 0; // MVFR2
            default -> 0;
        };
    }

    private void writeWord(int offset, int value) {
        if (offset >= 0x10 && offset < 0x20) {
            sysTick.write(offset, value);
        } else if (isPriority(offset)) {
            for (int i = 0; i < 4; i++) {
                setPriorityByte(offset + i, value >>> 8 * i & 0xFF);
            }
        } else if (offset >= 0x100 && offset < 0x300) {
            writeBits(offset, value);
        } else if (offset >= 0xD90 && offset < 0xDB8) {
            mpu.write(offset, value);
        } else {
            writeControl(offset, value);
        }
    }

    private void writeControl(int offset, int value) {
        switch (offset) {
            case 0xD04 -> writeInterruptControlState(value);
            case 0xD08 -> exceptions.vectorTable = value & ~0x7F;
            case 0xD0C -> {
                if (value >>> 16 == VECTKEY) {
                    nvic.setGrouping(value >>> 8 & 7);
                    if ((value & 4) != 0) {
                        resetRequest.run();
                    }
                }
            }
            case 0xD10 -> exceptions.systemControl = value & 0x16;
            case 0xD14 -> {
                exceptions.configuration = value & 0x31B | value & 0x7_0000;
                port.setAlignmentTrap((value & 8) != 0);
                system.divisionTrap = (value & 16) != 0;
            }
            case 0xD24 -> writeHandlerControl(value);
            case 0xD28 -> exceptions.configurableFaultStatus &= ~value;
            case 0xD2C -> exceptions.hardFaultStatus &= ~value;
            case 0xD34 -> exceptions.memManageAddress = value;
            case 0xD38 -> exceptions.busFaultAddress = value;
            case 0xD88 -> exceptions.fpu.access = value & 0x00F0_0000;
            case 0xF34 -> exceptions.fpu.contextControl = value & 0xC000_0001;
            case 0xF38 -> exceptions.fpu.contextAddress = value & ~7;
            case 0xF3C -> exceptions.fpu.defaultStatus = value & 0x07C0_0000;
            case 0xDFC -> debugMonitor = value;
            case 0xF00 -> {
                int exception = Nvic.IRQ0 + (value & 0x1FF);
                if (exception < nvic.exceptions()) {
                    nvic.setPending(exception, true);
                }
            }
            default -> {}
        }
    }

    /** ISER, ICER, ISPR, ICPR, IABR: 32 interrupts a word; what is 0 for enabled, 1 for pending, 2 for active */
    private int bits(int offset, int what) {
        int first = Nvic.IRQ0 + (offset & 0x7F) * 8;
        int value = 0;
        for (int i = 0; i < 32 && first + i < nvic.exceptions(); i++) {
            boolean set = switch (what) {
                case 0 -> nvic.isEnabled(first + i);
                case 1 -> nvic.isPending(first + i);
                default -> nvic.isActive(first + i);
            };
            value |= set ? 1 << i : 0;
        }
        return value;
    }

    private void writeBits(int offset, int value) {
        int first = Nvic.IRQ0 + (offset & 0x7F) * 8;
        boolean on = (offset & 0x80) == 0;
        for (int left = value; left != 0; left &= left - 1) {
            int exception = first + Integer.numberOfTrailingZeros(left);
            if (exception < nvic.exceptions()) {
                if (offset < 0x200) {
                    nvic.setEnabled(exception, on);
                } else {
                    nvic.setPending(exception, on);
                }
            }
        }
    }

    private static int exceptionOfPriority(int offset) {
        return offset < 0x800 ? Nvic.IRQ0 + offset - 0x400 : offset - 0xD18 + 4;
    }

    private int priorityByte(int offset) {
        int exception = exceptionOfPriority(offset);
        return exception < nvic.exceptions() ? nvic.priority(exception) : 0;
    }

    private void setPriorityByte(int offset, int value) {
        int exception = exceptionOfPriority(offset);
        if (exception < nvic.exceptions()) {
            nvic.setPriority(exception, value);
        }
    }

    private int interruptControlState() {
        int candidate = nvic.candidate();
        return nvic.runningException()
                | (nvic.activeCount() <= 1 ? 1 << 11 : 0)
                | candidate << 12
                | (candidate >= Nvic.IRQ0 ? 1 << 22 : 0)
                | (nvic.isPending(Nvic.SYS_TICK) ? 1 << 26 : 0)
                | (nvic.isPending(Nvic.PEND_SV) ? 1 << 28 : 0)
                | (nvic.isPending(Nvic.NMI) ? 1 << 31 : 0);
    }

    private void writeInterruptControlState(int value) {
        if ((value & 1 << 31) != 0) {
            nvic.setPending(Nvic.NMI, true);
        }
        if ((value & 1 << 28) != 0) {
            nvic.setPending(Nvic.PEND_SV, true);
        } else if ((value & 1 << 27) != 0) {
            nvic.setPending(Nvic.PEND_SV, false);
        }
        if ((value & 1 << 26) != 0) {
            nvic.setPending(Nvic.SYS_TICK, true);
        } else if ((value & 1 << 25) != 0) {
            nvic.setPending(Nvic.SYS_TICK, false);
        }
    }

    /** SHCSR (B3.2.13). */
    private static final int[] ACTIVE_BITS = {
        Nvic.MEM_MANAGE,
        0,
        Nvic.BUS_FAULT,
        1,
        Nvic.USAGE_FAULT,
        3,
        Nvic.SV_CALL,
        7,
        Nvic.DEBUG_MONITOR,
        8,
        Nvic.PEND_SV,
        10,
        Nvic.SYS_TICK,
        11
    };

    private static final int[] PENDING_BITS = {
        Nvic.USAGE_FAULT, 12, Nvic.MEM_MANAGE, 13, Nvic.BUS_FAULT, 14, Nvic.SV_CALL, 15
    };

    private int handlerControl() {
        int value = (nvic.isEnabled(Nvic.MEM_MANAGE) ? MEMFAULTENA : 0)
                | (nvic.isEnabled(Nvic.BUS_FAULT) ? BUSFAULTENA : 0)
                | (nvic.isEnabled(Nvic.USAGE_FAULT) ? USGFAULTENA : 0);
        for (int i = 0; i < ACTIVE_BITS.length; i += 2) {
            value |= nvic.isActive(ACTIVE_BITS[i]) ? 1 << ACTIVE_BITS[i + 1] : 0;
        }
        for (int i = 0; i < PENDING_BITS.length; i += 2) {
            value |= nvic.isPending(PENDING_BITS[i]) ? 1 << PENDING_BITS[i + 1] : 0;
        }
        return value;
    }

    private void writeHandlerControl(int value) {
        nvic.setEnabled(Nvic.MEM_MANAGE, (value & MEMFAULTENA) != 0);
        nvic.setEnabled(Nvic.BUS_FAULT, (value & BUSFAULTENA) != 0);
        nvic.setEnabled(Nvic.USAGE_FAULT, (value & USGFAULTENA) != 0);
        for (int i = 0; i < ACTIVE_BITS.length; i += 2) {
            nvic.setActive(ACTIVE_BITS[i], (value & 1 << ACTIVE_BITS[i + 1]) != 0);
        }
        for (int i = 0; i < PENDING_BITS.length; i += 2) {
            nvic.setPending(PENDING_BITS[i], (value & 1 << PENDING_BITS[i + 1]) != 0);
        }
    }

    int[] save() {
        int[] regions = mpu.save();
        int[] out = java.util.Arrays.copyOf(regions, regions.length + 1);
        out[regions.length] = debugMonitor;
        return out;
    }

    void restore(int[] from) {
        mpu.restore(from);
        debugMonitor = from[from.length - 1];
        system.divisionTrap = (exceptions.configuration & 16) != 0;
        port.setAlignmentTrap((exceptions.configuration & 8) != 0);
    }
}
