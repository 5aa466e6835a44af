package dev.updraft.emulator.flash;

/**
 * How long operations take.
 *
 * @param programNanos for one program unit
 * @param eraseNanosPerKiB for each KiB of an erased sector, on top of the base
 * @param eraseBaseNanos for any erase
 */
public record FlashTiming(long programNanos, long eraseBaseNanos, long eraseNanosPerKiB) {
    /** STM32F407, x32, typical (DS8626 table 40): word 16 us; 16 KB 250 ms, 64 KB 550 ms, 128 KB 1 s. */
    public static final FlashTiming F407 = new FlashTiming(16_000, 143_000_000, 6_700_000);

    /** STM32L476, typical (DS10198 table 50): double word 81.69 us, page of 2 KB 22.02 ms. */
    public static final FlashTiming L476 = new FlashTiming(81_690, 22_020_000, 0);

    /** STM32H743, x64, typical (DS12110): flash word 100 us, sector of 128 KB 1 s. */
    public static final FlashTiming H743 = new FlashTiming(100_000, 0, 7_812_500);

    long eraseNanos(int bytes) {
        return eraseBaseNanos + eraseNanosPerKiB * (bytes / 1024);
    }

    /** All times multiplied, to see what slow or worn flash does; 0.01 for tests in a hurry. */
    public FlashTiming times(double factor) {
        return new FlashTiming(
                Math.round(programNanos * factor),
                Math.round(eraseBaseNanos * factor),
                Math.round(eraseNanosPerKiB * factor));
    }
}
