package dev.updraft.server.access;

import dev.updraft.server.http.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who calls with a user name and a password. A right password is worked out once and then known by its hash, so that the requests after it
 * cost nothing. A wrong one closes the door to others for this user for a second: whoever guesses has one guess a second, and passwords
 * that were right before are not held up.
 */
final class Passwords {
    private static final long CLOSED_NANOS = Duration.ofSeconds(1).toNanos();

    private final Users users;
    private final Map<Secret, Caller> right = new ConcurrentHashMap<>();
    private final Map<Long, Wrong> wrong = new ConcurrentHashMap<>();

    private record Wrong(Secret shown, long until) {}

    Passwords(Users users) {
        this.users = users;
    }

    /** A user or its password may have changed. */
    void forget() {
        right.clear();
        wrong.clear();
    }

    /**
     * Who calls; null if there is no such user, it has no password, or this is not it.
     *
     * @throws Problem 429 if another password was wrong a moment ago
     */
    @Nullable
    Caller holder(Users.Login login, String password) {
        // No name has a line break, so that no other pair reads the same.
        Secret shown = Secret.of(login.tenant() + "\n" + login.name() + "\n" + password);
        Caller known = right.get(shown);
        return known == null ? worked(login, password, shown) : known;
    }

    /** One at a time, so that guessing takes one core at most. */
    private synchronized @Nullable Caller worked(Users.Login login, String password, Secret shown) {
        Caller known = right.get(shown);
        Users.Kept kept = known == null ? users.kept(login) : null;
        if (kept == null) {
            return known;
        }
        Wrong last = wrong.get(kept.user().key());
        if (last != null && last.shown().equals(shown)) {
            return null;
        }
        if (last != null && last.until() - System.nanoTime() > 0) {
            throw Problem.tooMany("A wrong password was given for this user; wait a second before the next.", 1);
        }
        if (!Password.fits(password, kept.password())) {
            wrong.put(kept.user().key(), new Wrong(shown, System.nanoTime() + CLOSED_NANOS));
            return null;
        }
        wrong.remove(kept.user().key());
        Caller caller =
                new Caller(login.tenant(), kept.user().name(), kept.user().role());
        right.put(shown, caller);
        return caller;
    }
}
