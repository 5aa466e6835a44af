package dev.updraft.image.key;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.updraft.image.Bytes;
import dev.updraft.image.ImageException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The few functions of a PKCS#11 module (OASIS PKCS #11 2.40) that signing takes. Java's own provider finds a private key only together with a certificate,
 * which many tokens do not hold.
 */
@SuppressWarnings("restricted") // calls native code
final class Pkcs11Module {
    static final long CLASS = 0;
    static final long LABEL = 3;
    static final long VALUE = 0x11;
    static final long ID = 0x102;
    static final long EC_PARAMS = 0x180;
    static final long EC_POINT = 0x181;

    static final long CERTIFICATE = 1;
    static final long PUBLIC_KEY = 2;
    static final long PRIVATE_KEY = 3;

    static final long ECDSA = 0x1041;
    static final long EDDSA = 0x1057;

    /** Places in CK_FUNCTION_LIST, behind its version. */
    private static final int INITIALIZE = 0;

    private static final int GET_SLOT_LIST = 4;
    private static final int GET_TOKEN_INFO = 6;
    private static final int OPEN_SESSION = 12;
    private static final int LOGIN = 18;
    private static final int GET_ATTRIBUTE_VALUE = 24;
    private static final int FIND_OBJECTS_INIT = 26;
    private static final int FIND_OBJECTS = 27;
    private static final int FIND_OBJECTS_FINAL = 28;
    private static final int SIGN_INIT = 42;
    private static final int SIGN = 43;

    private static final long ALREADY_INITIALIZED = 0x191;
    private static final long ALREADY_LOGGED_IN = 0x100;
    private static final Map<Long, String> REASONS = Map.of(
            0xa0L, "the PIN is wrong",
            0xa1L, "the PIN is wrong",
            0xa2L, "the PIN is too short or too long",
            0xa4L, "the PIN is locked",
            0x70L, "the token cannot sign so",
            0x68L, "the key may not sign",
            0x101L, "nobody is logged in",
            0xe0L, "there is no token in the slot");

    private static final long SERIAL_SESSION = 4;
    private static final long USER = 1;
    private static final long TOKEN_INITIALIZED = 0x400;
    private static final int MOST = 256;

    private final MemorySegment functions;

    /** @param index its place in the list of the module's slots */
    record Slot(
            int index, long id, String token, String manufacturer, String model, String serial, boolean initialized) {}

    private Pkcs11Module(MemorySegment functions) {
        this.functions = functions;
    }

    static Pkcs11Module load(Path library) {
        if (!Files.isRegularFile(library)) {
            throw new ImageException("There is no PKCS#11 module '" + library + "'.");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment getFunctionList = SymbolLookup.libraryLookup(library, Arena.global())
                    .find("C_GetFunctionList")
                    .orElseThrow(() -> new IllegalArgumentException("it has no C_GetFunctionList"));
            MemorySegment list = arena.allocate(ADDRESS);
            Pkcs11Module module = new Pkcs11Module(MemorySegment.NULL);
            module.check("does not start", module.invoke(getFunctionList, list));
            Pkcs11Module loaded = new Pkcs11Module(list.get(ADDRESS, 0).reinterpret(8L * (1 + SIGN + 1)));
            long started = loaded.call(INITIALIZE, MemorySegment.NULL);
            if (started != ALREADY_INITIALIZED) {
                loaded.check("does not start", started);
            }
            return loaded;
        } catch (IllegalArgumentException noModule) {
            throw new ImageException(
                    "'" + library + "' is no PKCS#11 module: " + noModule.getMessage() + ".", noModule);
        }
    }

    List<Slot> slots() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ids = arena.allocate(JAVA_LONG, MOST);
            MemorySegment count = arena.allocateFrom(JAVA_LONG, MOST);
            check("lists no slots", call(GET_SLOT_LIST, (byte) 0, ids, count));
            List<Slot> slots = new ArrayList<>();
            for (int i = 0; i < count.get(JAVA_LONG, 0); i++) {
                long id = ids.getAtIndex(JAVA_LONG, i);
                MemorySegment info = arena.allocate(MOST, 8);
                boolean there = call(GET_TOKEN_INFO, id, info) == 0;
                slots.add(new Slot(
                        i,
                        id,
                        text(info, 0, 32),
                        text(info, 32, 32),
                        text(info, 64, 16),
                        text(info, 80, 16),
                        there && (info.get(JAVA_LONG, 96) & TOKEN_INITIALIZED) != 0));
            }
            return slots;
        }
    }

    private static String text(MemorySegment info, long at, int length) {
        byte[] bytes = info.asSlice(at, length).toArray(JAVA_BYTE);
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8).strip();
    }

    /** @return a session in which the user is logged in */
    long logIn(Slot slot, char[] pin) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = arena.allocate(JAVA_LONG);
            check(
                    "opens no session with token '" + slot.token + "'",
                    call(OPEN_SESSION, slot.id, SERIAL_SESSION, MemorySegment.NULL, MemorySegment.NULL, session));
            byte[] secret = new String(pin).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            long result = call(LOGIN, session.get(JAVA_LONG, 0), USER, arena.allocateFrom(JAVA_BYTE, secret), (long)
                    secret.length);
            if (result != ALREADY_LOGGED_IN) {
                check("does not open token '" + slot.token + "'", result);
            }
            return session.get(JAVA_LONG, 0);
        }
    }

    /** The objects of a class. */
    List<Long> find(long session, long objectClass) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment template = attribute(arena, CLASS, arena.allocateFrom(JAVA_LONG, objectClass), 8);
            check("does not search", call(FIND_OBJECTS_INIT, session, template, 1L));
            List<Long> found = new ArrayList<>();
            MemorySegment objects = arena.allocate(JAVA_LONG, MOST);
            MemorySegment count = arena.allocate(JAVA_LONG);
            do {
                check("does not search", call(FIND_OBJECTS, session, objects, (long) MOST, count));
                for (int i = 0; i < count.get(JAVA_LONG, 0); i++) {
                    found.add(objects.getAtIndex(JAVA_LONG, i));
                }
            } while (count.get(JAVA_LONG, 0) == MOST);
            check("does not search", call(FIND_OBJECTS_FINAL, session));
            return found;
        }
    }

    /** What an object has under a type; nothing if it has no such attribute. */
    Optional<Bytes> attribute(long session, long object, long type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment template = attribute(arena, type, MemorySegment.NULL, 0);
            if (call(GET_ATTRIBUTE_VALUE, session, object, template, 1L) != 0 || template.get(JAVA_LONG, 16) < 0) {
                return Optional.empty();
            }
            long length = template.get(JAVA_LONG, 16);
            MemorySegment value = arena.allocate(Math.max(length, 1));
            template.set(ADDRESS, 8, value);
            check("does not tell about a key", call(GET_ATTRIBUTE_VALUE, session, object, template, 1L));
            return Optional.of(Bytes.wrapping(value.asSlice(0, length).toArray(JAVA_BYTE)));
        }
    }

    /** CK_ATTRIBUTE. */
    private static MemorySegment attribute(Arena arena, long type, MemorySegment value, long length) {
        MemorySegment attribute = arena.allocate(24, 8);
        attribute.set(JAVA_LONG, 0, type);
        attribute.set(ADDRESS, 8, value);
        attribute.set(JAVA_LONG, 16, length);
        return attribute;
    }

    Bytes sign(long session, long key, long mechanism, Bytes message) {
        try (Arena arena = Arena.ofConfined()) {
            check("does not sign", call(SIGN_INIT, session, attribute(arena, mechanism, MemorySegment.NULL, 0), key));
            MemorySegment signature = arena.allocate(MOST);
            MemorySegment length = arena.allocateFrom(JAVA_LONG, MOST);
            check(
                    "does not sign",
                    call(
                            SIGN,
                            session,
                            arena.allocateFrom(JAVA_BYTE, message.toArray()),
                            (long) message.length(),
                            signature,
                            length));
            return Bytes.wrapping(signature.asSlice(0, length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE));
        }
    }

    private long call(int function, Object... arguments) {
        return invoke(functions.get(ADDRESS, 8L * (1 + function)), arguments);
    }

    /** Every function takes CK_ULONG, CK_BBOOL and pointers, and returns a CK_RV, which is an unsigned long. */
    private long invoke(MemorySegment function, Object... arguments) {
        MemoryLayout[] layouts =
                Arrays.stream(arguments).map(Pkcs11Module::layout).toArray(MemoryLayout[]::new);
        try {
            return (long) Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(JAVA_LONG, layouts))
                    .invokeWithArguments(arguments);
        } catch (Throwable broken) {
            throw new IllegalStateException("The PKCS#11 module cannot be called: " + broken.getMessage(), broken);
        }
    }

    private static ValueLayout layout(Object argument) {
        return switch (argument) {
            case MemorySegment pointer -> ADDRESS;
            case Byte flag -> JAVA_BYTE;
            default -> JAVA_LONG;
        };
    }

    private void check(String what, long result) {
        if (result != 0) {
            throw new ImageException("The PKCS#11 module " + what + ": "
                    + REASONS.getOrDefault(result, String.format("it returns 0x%x", result)) + ".");
        }
    }
}
