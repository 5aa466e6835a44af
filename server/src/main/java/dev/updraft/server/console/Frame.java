package dev.updraft.server.console;

import dev.updraft.server.access.Caller;
import dev.updraft.server.access.Operators;
import dev.updraft.server.access.Role;
import dev.updraft.server.access.Sessions;
import org.jspecify.annotations.Nullable;

/**
 * What every page has around it.
 *
 * @param section of the navigation that is shown as open
 * @param caller null before the log-in
 * @param theme {@code light} or {@code dark}; empty = as the system is
 * @param token to be sent along with every form
 * @param said what has just been done
 */
record Frame(
        StaticFiles files,
        String title,
        String section,
        @Nullable Caller caller,
        String tenant,
        String theme,
        String token,
        String said) {

    String file(String name) {
        return files.address(name);
    }

    /** Whether a control is worth showing: the API decides, and would refuse it. */
    boolean may(Role role, String scope) {
        return caller != null && Sessions.may(caller, role, scope, false);
    }

    boolean sees(Role role, String scope) {
        return caller != null && Sessions.may(caller, role, scope, true);
    }

    String name() {
        return caller == null ? "" : caller.name();
    }

    String role() {
        return caller == null ? "" : caller.role().label();
    }

    boolean isFirstTenant() {
        return caller != null && caller.tenant() == Operators.FIRST_TENANT;
    }

    boolean isOpen(String name) {
        return section.equals(name);
    }
}
