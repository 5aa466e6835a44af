package dev.updraft.emulator.part;

import dev.updraft.emulator.chip.ChipTime;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An SD card in SPI mode (SD Physical Layer Simplified Specification 6.00, chapter 7). SDSC up to 2 GB (byte addresses), SDHC above (block
 * addresses). Commands arrive while selected; answers wait in a queue and leave a byte at a time.
 */
public final class SdCard implements SpiPart {
    private static final int IDLE = 0x01;
    private static final int ILLEGAL = 0x04;
    private static final int CRC_ERROR = 0x08;
    private static final int ADDRESS_ERROR = 0x20;
    private static final int PARAMETER_ERROR = 0x40;

    private static final int START_BLOCK = 0xFE;
    private static final int START_MULTIPLE = 0xFC;
    private static final int STOP_MULTIPLE = 0xFD;
    private static final int DATA_ACCEPTED = 0xE5;
    private static final int DATA_CRC_ERROR = 0xEB;

    /** Largest card with byte addresses: 2 GB. */
    private static final long LARGEST_STANDARD = 2L << 30;

    private static final long READ_NANOS = 300_000;
    private static final long WRITE_NANOS = 1_500_000;

    private enum Mode {
        COMMAND,
        WAIT_FOR_DATA,
        DATA
    }

    private final ChipTime time;
    private final BlockStore store;
    private final boolean highCapacity;
    private final SdFaults faults = new SdFaults();
    private final SpiFaults wires = new SpiFaults();
    private final byte[] frame = new byte[6];
    private final byte[] block = new byte[BlockStore.BLOCK + 2];
    private final Deque<Integer> answer = new ArrayDeque<>();

    private boolean powered;
    private boolean selected;
    private boolean spiMode;
    private boolean idle;
    private boolean checksCrc;
    private boolean applicationCommand;
    private int polls;
    private int frameCount;
    private Mode mode = Mode.COMMAND;
    private int dataCount;
    private boolean multipleWrite;
    private long writing;
    private long reading = -1;
    private boolean readingMultiple;
    private long busyUntil;

    public SdCard(ChipTime time, BlockStore store) {
        this.time = time;
        this.store = store;
        highCapacity = store.blocks() * BlockStore.BLOCK > LARGEST_STANDARD;
    }

    /** What can be made to go wrong on its wires. */
    public SpiFaults wires() {
        return wires;
    }

    /** What can be made to go wrong with the card itself. */
    public SdFaults faults() {
        return faults;
    }

    @Override
    public void powerUp() {
        forget();
        powered = true;
    }

    @Override
    public void powerDown() {
        forget();
        powered = false;
    }

    private void forget() {
        spiMode = false;
        idle = true;
        checksCrc = false;
        applicationCommand = false;
        polls = 0;
        frameCount = 0;
        mode = Mode.COMMAND;
        reading = -1;
        busyUntil = 0;
        answer.clear();
    }

    @Override
    public void select(boolean on) {
        selected = on;
        if (!on) {
            frameCount = 0;
        }
    }

    @Override
    public int transfer(int value) {
        if (faults.removed) {
            forget();
            return 0xFF;
        }
        if (!selected || !powered) {
            return 0xFF;
        }
        if (wires.isSilent()) {
            return wires.pass(0xFF);
        }
        int out = output();
        input(value);
        return wires.pass(out);
    }

    private int output() {
        Integer next = answer.poll();
        if (next != null) {
            return next;
        }
        if (time.nanos() < busyUntil) {
            return reading >= 0 ? 0xFF : 0x00;
        }
        if (reading >= 0) {
            queueBlock();
            Integer first = answer.poll();
            return first == null ? 0xFF : first;
        }
        return 0xFF;
    }

    private void queueBlock() {
        if (reading >= store.blocks()) {
            answer.add(0x09); // error token: out of range
            reading = -1;
            return;
        }
        if (faults.takeErrorToken()) {
            answer.add(0x05); // error token: card ECC failed
            reading = -1;
            return;
        }
        store.read(reading, block);
        answer.add(START_BLOCK);
        for (int i = 0; i < BlockStore.BLOCK; i++) {
            answer.add(block[i] & 0xFF);
        }
        int crc = SdFormat.crc16(block, BlockStore.BLOCK) ^ (faults.takeBadCrc() ? 0x5555 : 0);
        answer.add(crc >>> 8);
        answer.add(crc & 0xFF);
        reading = readingMultiple ? reading + 1 : -1;
        busyUntil = time.nanos() + READ_NANOS;
    }

    private void input(int value) {
        switch (mode) {
            case COMMAND -> commandByte(value);
            case WAIT_FOR_DATA -> token(value);
            case DATA -> dataByte(value);
        }
    }

    private void commandByte(int value) {
        if (frameCount == 0 && (value & 0xC0) != 0x40) {
            return;
        }
        if (frameCount == 0 && time.nanos() < busyUntil && reading < 0) {
            return; // a card that is busy does not listen
        }
        frame[frameCount++] = (byte) value;
        if (frameCount == 6) {
            frameCount = 0;
            command();
        }
    }

    private void command() {
        int number = frame[0] & 0x3F;
        int argument = (frame[1] & 0xFF) << 24 | (frame[2] & 0xFF) << 16 | (frame[3] & 0xFF) << 8 | frame[4] & 0xFF;
        boolean crcRight = (frame[5] & 0xFF) == SdFormat.crc7(frame, 5);
        answer.clear();
        answer.add(0xFF);
        if (!spiMode) {
            if (number != 0 || !crcRight) {
                answer.clear(); // in SD mode only a right CMD0 is answered
                return;
            }
            spiMode = true;
        }
        if (!crcRight && (checksCrc || number == 0 || number == 8)) {
            r1(CRC_ERROR);
            return;
        }
        boolean application = applicationCommand;
        applicationCommand = false;
        if (number != 12) {
            reading = -1;
        }
        if (application && number == 41) {
            polls++;
            idle = polls < faults.initialisationPolls || highCapacity && (argument & 1 << 30) == 0;
            r1(0);
        } else if (idle && !allowedInIdle(number)) {
            r1(ILLEGAL);
        } else {
            ordinary(number, argument);
        }
    }

    private static boolean allowedInIdle(int number) {
        return number == 0 || number == 8 || number == 55 || number == 58 || number == 59 || number == 1;
    }

    private void ordinary(int number, int argument) {
        switch (number) {
            case 0 -> {
                idle = true;
                polls = 0;
                checksCrc = false;
                r1(0);
            }
            case 8 -> {
                r1(0);
                word(0x100 & argument | argument & 0xFF);
            }
            case 9 -> register(SdFormat.csd(store.blocks(), highCapacity));
            case 10 -> register(SdFormat.cid());
            case 12 -> {
                reading = -1;
                answer.add(0xFF); // stuff byte
                r1(0);
            }
            case 13 -> {
                r1(0);
                answer.add(0);
            }
            case 16 -> r1(argument == BlockStore.BLOCK ? 0 : PARAMETER_ERROR);
            case 17, 18 -> read(argument, number == 18);
            case 24, 25 -> write(argument, number == 25);
            case 55 -> {
                applicationCommand = true;
                r1(0);
            }
            case 58 -> {
                r1(0);
                word((idle ? 0 : 1 << 31) | (highCapacity && !idle ? 1 << 30 : 0) | 0x00FF8000);
            }
            case 59 -> {
                checksCrc = (argument & 1) != 0;
                r1(0);
            }
            default -> r1(ILLEGAL);
        }
    }

    private void r1(int flags) {
        answer.add(flags | (idle ? IDLE : 0));
    }

    private void word(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            answer.add(value >>> shift & 0xFF);
        }
    }

    private long blockOf(int argument) {
        long address = argument & 0xFFFF_FFFFL;
        return highCapacity ? address : address % BlockStore.BLOCK == 0 ? address / BlockStore.BLOCK : -1;
    }

    private void read(int argument, boolean multiple) {
        long first = blockOf(argument);
        if (first < 0 || first >= store.blocks()) {
            r1(first < 0 ? ADDRESS_ERROR : PARAMETER_ERROR);
            return;
        }
        r1(0);
        reading = first;
        readingMultiple = multiple;
        busyUntil = time.nanos() + READ_NANOS;
    }

    private void write(int argument, boolean multiple) {
        long first = blockOf(argument);
        if (first < 0 || first >= store.blocks()) {
            r1(first < 0 ? ADDRESS_ERROR : PARAMETER_ERROR);
            return;
        }
        r1(0);
        writing = first;
        multipleWrite = multiple;
        mode = Mode.WAIT_FOR_DATA;
    }

    private void token(int value) {
        if (!answer.isEmpty() || time.nanos() < busyUntil) {
            return;
        }
        if (value == (multipleWrite ? START_MULTIPLE : START_BLOCK)) {
            mode = Mode.DATA;
            dataCount = 0;
        } else if (multipleWrite && value == STOP_MULTIPLE) {
            mode = Mode.COMMAND;
            answer.add(0xFF);
            busyUntil = time.nanos() + WRITE_NANOS * faults.busyTimes;
        }
    }

    private void dataByte(int value) {
        block[dataCount++] = (byte) value;
        if (dataCount < block.length) {
            return;
        }
        int sent = (block[BlockStore.BLOCK] & 0xFF) << 8 | block[BlockStore.BLOCK + 1] & 0xFF;
        mode = multipleWrite ? Mode.WAIT_FOR_DATA : Mode.COMMAND;
        if (checksCrc && sent != SdFormat.crc16(block, BlockStore.BLOCK)) {
            answer.add(DATA_CRC_ERROR);
            return;
        }
        if (writing >= store.blocks()) {
            answer.add(0xED); // write error
            return;
        }
        store.write(writing++, block);
        answer.add(DATA_ACCEPTED);
        busyUntil = time.nanos() + WRITE_NANOS * faults.busyTimes;
    }

    private void register(byte[] content) {
        r1(0);
        answer.add(0xFF);
        answer.add(START_BLOCK);
        for (byte b : content) {
            answer.add(b & 0xFF);
        }
        int crc = SdFormat.crc16(content, content.length);
        answer.add(crc >>> 8);
        answer.add(crc & 0xFF);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Snapshot(SdState state, byte[] content) {}

    @Override
    public Object save() {
        return new Snapshot(
                new SdState(
                        new boolean[] {
                            powered,
                            selected,
                            spiMode,
                            idle,
                            checksCrc,
                            applicationCommand,
                            multipleWrite,
                            readingMultiple
                        },
                        new long[] {polls, frameCount, dataCount, writing, reading, busyUntil},
                        mode,
                        frame.clone(),
                        block.clone(),
                        new ArrayDeque<>(answer)),
                store.save());
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record SdState(
            boolean[] flags, long[] numbers, Mode mode, byte[] frame, byte[] block, ArrayDeque<Integer> answer) {}

    @Override
    public void restore(Object from) {
        Snapshot snapshot = (Snapshot) from;
        SdState state = snapshot.state;
        powered = state.flags[0];
        selected = state.flags[1];
        spiMode = state.flags[2];
        idle = state.flags[3];
        checksCrc = state.flags[4];
        applicationCommand = state.flags[5];
        multipleWrite = state.flags[6];
        readingMultiple = state.flags[7];
        polls = (int) state.numbers[0];
        frameCount = (int) state.numbers[1];
        dataCount = (int) state.numbers[2];
        writing = state.numbers[3];
        reading = state.numbers[4];
        busyUntil = state.numbers[5];
        mode = state.mode;
        System.arraycopy(state.frame, 0, frame, 0, frame.length);
        System.arraycopy(state.block, 0, block, 0, block.length);
        answer.clear();
        answer.addAll(state.answer);
        store.restore(snapshot.content);
    }
}
