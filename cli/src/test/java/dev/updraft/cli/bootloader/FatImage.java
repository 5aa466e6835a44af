package dev.updraft.cli.bootloader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** SD card images, made by dosfstools and mtools. */
final class FatImage {
    private FatImage() {}

    /**
     * A volume without partition table that holds the update.
     *
     * @param bits 16 or 32
     * @param kib size; above 2 GB the card is one of high capacity
     */
    static Path holding(byte[] update, int bits, int kib, Path folder) throws IOException {
        Path card = folder.resolve("card.img");
        Path file = Files.write(folder.resolve("update.bin"), update);
        run("mkfs.fat", "-C", "-F", "" + bits, card.toString(), "" + kib);
        run("mcopy", "-i", card.toString(), file.toString(), "::UPDATE.UPD");
        return card;
    }

    /** Makes the chain of the only file on a FAT16 volume lead back to its start. */
    static void loop(Path card) throws IOException {
        byte[] bytes = Files.readAllBytes(card);
        ByteBuffer volume = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int reserved = volume.getShort(14);
        int tableSectors = volume.getShort(22);
        for (int table = 0; table < bytes[16]; table++) {
            int third = (reserved + table * tableSectors) * 512 + 3 * 2;
            volume.putShort(third, (short) 2); // clusters are counted from 2
        }
        Files.write(card, bytes);
    }

    private static void run(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
        builder.environment().put("MTOOLS_SKIP_CHECK", "1");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(List.of(command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
