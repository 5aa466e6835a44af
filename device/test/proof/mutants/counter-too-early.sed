# boot/boot.c: the security counter rises before the confirmation
s/state->counter_new = wanted.image.counter;/state->counter_new = state->counter = wanted.image.counter;/
