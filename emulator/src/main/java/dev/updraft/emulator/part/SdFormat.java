package dev.updraft.emulator.part;

/** Registers and check sums of SD cards (SD Physical Layer Simplified Specification 6.00). */
final class SdFormat {
    private SdFormat() {}

    /** Card-specific data, version 1 or 2 (section 5.3). */
    static byte[] csd(long blocks, boolean highCapacity) {
        byte[] csd = new byte[16];
        csd[1] = 0x26;
        csd[3] = 0x32;
        csd[4] = 0x5B;
        if (highCapacity) {
            csd[0] = 0x40;
            csd[5] = 0x59;
            long size = blocks / 1024 - 1;
            csd[7] = (byte) (size >>> 16);
            csd[8] = (byte) (size >>> 8);
            csd[9] = (byte) size;
        } else {
            int multiplier = 0; // C_SIZE_MULT: the smallest with which C_SIZE fits 12 bits
            while (blocks >>> multiplier + 2 > 4096 && multiplier < 7) {
                multiplier++;
            }
            int size = (int) Math.max(0, (blocks >>> multiplier + 2) - 1);
            csd[5] = 0x59;
            csd[6] = (byte) (size >>> 10 & 3);
            csd[7] = (byte) (size >>> 2);
            csd[8] = (byte) (size << 6);
            csd[9] = (byte) (multiplier >>> 1);
            csd[10] = (byte) (multiplier << 7);
        }
        csd[15] = (byte) crc7(csd, 15);
        return csd;
    }

    static byte[] cid() {
        byte[] cid = new byte[16];
        byte[] name = UartSender.ascii("EMUSD");
        cid[0] = 0x55;
        System.arraycopy(name, 0, cid, 3, name.length);
        cid[15] = (byte) crc7(cid, 15);
        return cid;
    }

    /** CRC7 with its end bit: x^7 + x^3 + 1 (section 4.5). */
    static int crc7(byte[] bytes, int count) {
        int crc = 0;
        for (int i = 0; i < count; i++) {
            for (int bit = 7; bit >= 0; bit--) {
                int in = bytes[i] >>> bit & 1 ^ crc >>> 6 & 1;
                crc = crc << 1 & 0x7F ^ (in == 0 ? 0 : 9);
            }
        }
        return crc << 1 | 1;
    }

    /** CRC-16 CCITT from 0 (section 4.5). */
    static int crc16(byte[] bytes, int count) {
        int crc = 0;
        for (int i = 0; i < count; i++) {
            crc ^= (bytes[i] & 0xFF) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
            }
            crc &= 0xFFFF;
        }
        return crc;
    }
}
