package dev.updraft.emulator.flash;

import dev.updraft.emulator.chip.ChipTime;
import dev.updraft.emulator.memory.LittleEndian;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** The write buffer and the operations of one bank of the H7's flash (RM0433 4.3.8 to 4.3.10). */
final class H7FlashBank implements FlashEngine.Owner {
    private final int number;
    private final H7Flash flash;
    private final FlashTiming timing;
    private final ChipTime time;
    private final IntPredicate runsFromBank;
    private final H7FlashRegisters registers;
    private final FlashEngine engine;

    private final byte[] buffer = new byte[H7Flash.WORD];
    /** One bit a byte of the buffer that was written. */
    private int written;

    private int bufferAt;

    H7FlashBank(
            int number,
            H7Flash flash,
            FlashOperations operations,
            FlashTiming timing,
            ChipTime time,
            IntPredicate runsFromBank,
            H7FlashRegisters registers) {
        this.number = number;
        this.flash = flash;
        this.timing = timing;
        this.time = time;
        this.runsFromBank = runsFromBank;
        this.registers = registers;
        engine = new FlashEngine("flash", flash.array(), operations, time, this);
    }

    FlashEngine engine() {
        return engine;
    }

    boolean bufferInUse() {
        return written != 0;
    }

    void forgetBuffer() {
        written = 0;
    }

    void waitUntilDone() {
        if (engine.busy()) {
            time.clock().stall(engine.remaining());
            engine.finishNow();
        }
    }

    void write(int offset, int width, int value) {
        waitUntilDone();
        if (!registers.mayProgram(number)) {
            registers.fail(number, H7FlashRegisters.PGSERR);
            return;
        }
        if (registers.isProtected(number, offset / H7Flash.SECTOR - number * registers.sectorsABank())) {
            registers.fail(number, H7FlashRegisters.WRPERR);
            return;
        }
        int word = offset & -H7Flash.WORD;
        if (written == 0) {
            bufferAt = word;
            Arrays.fill(buffer, (byte) 0xFF);
        } else if (word != bufferAt) {
            written = 0;
            registers.fail(number, H7FlashRegisters.INCERR);
            return;
        }
        int mask = (1 << width) - 1 << offset - word;
        if ((written & mask) != 0) {
            registers.fail(number, H7FlashRegisters.STRBERR);
            return;
        }
        LittleEndian.put(buffer, offset - word, width, value);
        written |= mask;
        if (written == -1) {
            program();
        }
    }

    /** The buffer is full, or FW forces it out with FF in the bytes that were not written. */
    void program() {
        if (written == 0) {
            return;
        }
        written = 0;
        byte[] data = buffer.clone();
        engine.program(bufferAt, data, timing.programNanos());
        begun();
    }

    void erase(int offset, int length) {
        engine.erase(offset, length, timing.eraseNanos(length));
        begun();
    }

    private void begun() {
        flash.busyChanged();
        if (engine.busy() && runsFromBank.test(number)) {
            time.clock().stall(engine.remaining());
        }
    }

    @Override
    public void contentChanged(int offset, int length) {
        flash.contentChanged(offset, length);
    }

    @Override
    public void finished() {
        flash.busyChanged();
        registers.operationDone(number);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Snapshot(FlashEngine.Snapshot engine, byte[] buffer, int written, int bufferAt) {}

    Object save() {
        return new Snapshot(engine.save(), buffer.clone(), written, bufferAt);
    }

    void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        engine.restore(snapshot.engine);
        System.arraycopy(snapshot.buffer, 0, buffer, 0, buffer.length);
        written = snapshot.written;
        bufferAt = snapshot.bufferAt;
    }
}
