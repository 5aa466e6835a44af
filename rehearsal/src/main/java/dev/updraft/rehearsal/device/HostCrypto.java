package dev.updraft.rehearsal.device;

import dev.updraft.emulator.core.Cpu;
import dev.updraft.emulator.memory.Bus;
import dev.updraft.rehearsal.RehearsalException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers two leaf functions of the bootloader in place of the chip: one block of SHA-256, and one check of a P-256 signature. Nothing
 * else is answered; what the bootloader does with the answers is its own code.
 */
public final class HostCrypto {
    /** {@code int (mbedtls_sha256_context *, const unsigned char block[64])} */
    private static final String SHA256 = "mbedtls_internal_sha256_process";

    /** {@code bool (const uint8_t signature[64], const uint8_t point[64], const uint8_t digest[32])} */
    private static final String P256 = "boot_is_signature";

    private static final int P256_INPUT = 64 + 64 + 32;
    private static final int SUCCESS = 0;
    private static final int CONTEXT_WORDS = 32;

    /** Verdicts by their exact input, shared by all boards: the same signature is checked at every start. */
    private static final Map<ByteBuffer, Boolean> VERDICTS = new ConcurrentHashMap<>();

    private int stateOffset = -1;

    private HostCrypto() {}

    /** Has the host answer on this processor from now on. */
    public static void installIn(Cpu cpu, Bootloader bootloader) {
        HostCrypto host = new HostCrypto();
        cpu.intercept(address(bootloader, SHA256), host::sha256);
        cpu.intercept(address(bootloader, P256), host::p256);
    }

    private static int address(Bootloader bootloader, String function) {
        return bootloader
                .function(function)
                .orElseThrow(() ->
                        new RehearsalException("The host cannot answer for the bootloader's cryptography: its file"
                                + " does not name the function " + function
                                + "; give boot.elf with its symbols, or use --crypto exact."));
    }

    private void sha256(Cpu cpu) {
        Bus bus = cpu.bus();
        int context = cpu.register(0);
        if (stateOffset < 0) {
            stateOffset = findState(bus, context);
        }
        int[] state = new int[8];
        for (int i = 0; i < 8; i++) {
            state[i] = bus.read(context + stateOffset + 4 * i, 4);
        }
        int[] block = new int[16];
        for (int i = 0; i < 64; i++) {
            block[i / 4] = block[i / 4] << 8 | bus.read(cpu.register(1) + i, 1) & 0xFF;
        }
        Sha256Block.compress(state, block);
        for (int i = 0; i < 8; i++) {
            bus.write(context + stateOffset + 4 * i, 4, state[i]);
        }
        cpu.returnFromCall(SUCCESS);
    }

    /** Where the chaining state stands in the context differs between versions of mbedTLS; at a digest's first block it is known. */
    private static int findState(Bus bus, int context) {
        for (int offset = 0; offset < 4 * CONTEXT_WORDS; offset += 4) {
            int matching = 0;
            while (matching < 8 && bus.read(context + offset + 4 * matching, 4) == Sha256Block.INITIAL[matching]) {
                matching++;
            }
            if (matching == 8) {
                return offset;
            }
        }
        throw new RehearsalException(
                "The host cannot answer for the bootloader's SHA-256: its context is laid out in an unknown"
                        + " way; use --crypto exact.");
    }

    private void p256(Cpu cpu) {
        byte[] input = new byte[P256_INPUT];
        for (int i = 0; i < input.length; i++) {
            input[i] = (byte) cpu.bus().read(cpu.register(i / 64) + i % 64, 1);
        }
        cpu.returnFromCall(VERDICTS.computeIfAbsent(ByteBuffer.wrap(input), key -> verify(input)) ? 1 : 0);
    }

    private static boolean verify(byte[] input) {
        try {
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(new ECGenParameterSpec("secp256r1"));
            ECPoint point = new ECPoint(
                    new BigInteger(1, Arrays.copyOfRange(input, 64, 96)),
                    new BigInteger(1, Arrays.copyOfRange(input, 96, 128)));
            PublicKey key = KeyFactory.getInstance("EC")
                    .generatePublic(new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class)));
            Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format");
            verifier.initVerify(key);
            verifier.update(input, 128, 32);
            return verifier.verify(input, 0, 64);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }
}
