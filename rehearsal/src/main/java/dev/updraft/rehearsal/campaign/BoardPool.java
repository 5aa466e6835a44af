package dev.updraft.rehearsal.campaign;

import dev.updraft.rehearsal.RehearsalException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** As many threads as there are jobs, each with a board of its own, that share a list of things to try. */
final class BoardPool {
    private final Scenario scenario;
    private final int jobs;
    private final AtomicLong boardNanos = new AtomicLong();

    BoardPool(Scenario scenario, int jobs) {
        this.scenario = scenario;
        this.jobs = jobs;
    }

    /** Processor time of all boards so far. */
    double boardSeconds() {
        return boardNanos.get() / 1e9;
    }

    /**
     * Tries each of {@code items}; returns when all are done.
     *
     * @param instructionsAllowed in one run
     * @param worker given a thread's board, what tries one item on it
     */
    <T> void each(List<T> items, long instructionsAllowed, Function<TestBoard, Consumer<T>> worker) {
        AtomicInteger next = new AtomicInteger();
        List<Throwable> broken = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            threads.add(Thread.ofPlatform().name("rehearsal " + i).start(() -> {
                long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                try (TestBoard board = new TestBoard(scenario)) {
                    board.allowInstructions(instructionsAllowed);
                    Consumer<T> work = worker.apply(board);
                    for (int at = next.getAndIncrement();
                            at < items.size() && broken.isEmpty();
                            at = next.getAndIncrement()) {
                        work.accept(items.get(at));
                    }
                } catch (RuntimeException | Error defect) {
                    broken.add(defect);
                }
                boardNanos.addAndGet(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began);
            }));
        }
        join(threads);
        if (!broken.isEmpty()) {
            throw new IllegalStateException(
                    "the rehearsal itself failed: " + broken.getFirst().getMessage(), broken.getFirst());
        }
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException stop) {
            threads.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
            throw new RehearsalException("The rehearsal was interrupted.");
        }
    }
}
