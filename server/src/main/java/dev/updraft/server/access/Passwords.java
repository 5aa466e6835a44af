package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who calls with a user name and a password. A right password is worked out once and then known by its hash, so that the requests after it
 * cost nothing. Passwords are worked out one at a time, in the order in which they came, and few wait from one address: whoever guesses
 * has one core's worth of guesses, and whoever has the right password comes in, however many guess at the same name.
 */
final class Passwords {
    private static final long CLOSED_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int WAIT_FROM_AN_ADDRESS = 8;
    private static final int WAIT = 64;
    private static final int MOST_REMEMBERED = 10_000;

    private final Users users;
    private final Map<Secret, Known> right = new ConcurrentHashMap<>();
    private final Map<Guessed, Wrong> wrong = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();
    private final Semaphore turn = new Semaphore(1, true);

    /** Guesses count by address and account together: nobody else is held up by them. */
    private record Guessed(String address, long user) {}

    private record Wrong(Secret shown, long until) {}

    private record Known(Users.Login login, String password, Caller caller) {}

    Passwords(Users users) {
        this.users = users;
    }

    /** A user or its password may have changed: those that have are forgotten, and no other. */
    void refresh() {
        wrong.clear();
        right.forEach((shown, known) -> {
            Users.Kept kept = users.kept(known.login());
            if (kept == null || !kept.password().equals(known.password())) {
                right.remove(shown);
            } else {
                right.put(shown, new Known(known.login(), known.password(), caller(known.login(), kept)));
            }
        });
    }

    /**
     * Who calls; null if there is no such user, it has no password, or this is not it.
     *
     * @param address from where
     * @throws Problem 429 if another password was wrong a moment ago and this one is too, or too many wait
     */
    @Nullable
    Caller holder(Users.Login login, String password, String address) {
        // No name has a line break, so that no other pair reads the same.
        Secret shown = Secret.of(login.tenant() + "\n" + login.name() + "\n" + password);
        Known known = right.get(shown);
        return known != null ? known.caller() : inTurn(login, password, shown, address);
    }

    private @Nullable Caller inTurn(Users.Login login, String password, Secret shown, String address) {
        Users.Kept kept = users.kept(login);
        if (kept == null) {
            return null;
        }
        Guessed guessed = new Guessed(address, kept.user().key());
        Wrong last = wrong.get(guessed);
        if (last != null && last.shown().equals(shown)) {
            return null;
        }
        AtomicInteger own = waiting.computeIfAbsent(address, key -> new AtomicInteger());
        int ofTheAddress = own.incrementAndGet();
        int ofAll = all.incrementAndGet();
        boolean room = ofTheAddress <= WAIT_FROM_AN_ADDRESS && ofAll <= WAIT;
        try {
            if (!room) {
                throw Problem.tooMany("Too many passwords wait to be looked at; try again in a second.", 1);
            }
            turn.acquireUninterruptibly();
            try {
                return worked(login, password, shown, kept, guessed);
            } finally {
                turn.release();
            }
        } finally {
            all.decrementAndGet();
            if (own.decrementAndGet() == 0) {
                waiting.remove(address, own);
            }
        }
    }

    private @Nullable Caller worked(
            Users.Login login, String password, Secret shown, Users.Kept kept, Guessed guessed) {
        Known known = right.get(shown);
        if (known != null) {
            return known.caller();
        }
        if (Password.fits(password, kept.password())) {
            wrong.remove(guessed);
            Caller caller = caller(login, kept);
            right.put(shown, new Known(login, kept.password(), caller));
            return caller;
        }
        Wrong last = wrong.get(guessed);
        boolean soon = last != null && last.until() - System.nanoTime() > 0;
        if (wrong.size() >= MOST_REMEMBERED) {
            wrong.clear();
        }
        wrong.put(guessed, new Wrong(shown, System.nanoTime() + CLOSED_NANOS));
        if (soon) {
            throw Problem.tooMany("A wrong password was given for this user; wait a second before the next.", 1);
        }
        return null;
    }

    private static Caller caller(Users.Login login, Users.Kept kept) {
        return new Caller(login.tenant(), kept.user().name(), kept.user().role());
    }
}
