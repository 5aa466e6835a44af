# core/update_state.c: a confirmation does not raise the security counter
s/state->counter = before.counter_new;/;/
