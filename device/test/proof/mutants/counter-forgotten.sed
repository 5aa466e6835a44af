# core/state_changes.c: a confirmation does not raise the security counter
s/state->counter = before.counter_new;/;/
