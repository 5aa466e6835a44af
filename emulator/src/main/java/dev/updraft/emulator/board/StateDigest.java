package dev.updraft.emulator.board;

import dev.updraft.emulator.flash.FlashSnapshot;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Feeds state, as snapshots hold it, to a digest: numbers, text, arrays, lists, and records of these. */
final class StateDigest {
    private static final Map<Class<?>, RecordComponent[]> COMPONENTS = new ConcurrentHashMap<>();

    private final MessageDigest into;
    private final ByteBuffer numbers = ByteBuffer.allocate(4096);

    StateDigest(MessageDigest into) {
        this.into = into;
    }

    /** @throws IllegalStateException for anything else, which may hold state that nobody sees */
    void add(@Nullable Object value) {
        switch (value) {
            case null -> into.update((byte) 0);
            case Boolean flag -> into.update((byte) (flag ? 2 : 1));
            case Number number -> number(number.longValue());
            case Enum<?> constant -> add(constant.name());
            case CharSequence text -> bytes(text.toString().getBytes(StandardCharsets.UTF_8));
            case byte[] array -> bytes(array);
            case int[] array -> {
                number(array.length);
                for (int each : array) {
                    put(each);
                }
                flush();
            }
            case long[] array -> {
                number(array.length);
                for (long each : array) {
                    put(each);
                }
                flush();
            }
            case boolean[] array -> {
                number(array.length);
                for (boolean each : array) {
                    into.update((byte) (each ? 2 : 1));
                }
            }
            case Collection<?> list -> {
                number(list.size());
                list.forEach(this::add);
            }
            case FlashSnapshot content -> {} // of an external flash: the caller's, as that of the chip is
            case Record record -> record(record);
            default -> throw new IllegalStateException("state of an unknown kind: " + value.getClass());
        }
    }

    private void record(Record value) {
        try {
            for (RecordComponent component : COMPONENTS.computeIfAbsent(value.getClass(), StateDigest::components)) {
                add(component.getAccessor().invoke(value));
            }
        } catch (ReflectiveOperationException defect) {
            throw new IllegalStateException(defect);
        }
    }

    private static RecordComponent[] components(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        for (RecordComponent component : components) {
            component.getAccessor().setAccessible(true);
        }
        return components;
    }

    private void bytes(byte[] array) {
        number(array.length);
        into.update(array);
    }

    private void number(long value) {
        put(value);
        flush();
    }

    private void put(long value) {
        if (numbers.remaining() < Long.BYTES) {
            flush();
        }
        numbers.putLong(value);
    }

    private void flush() {
        into.update(numbers.array(), 0, numbers.position());
        numbers.clear();
    }
}
