# boot/check.c: an older security counter is taken
s/image->counter < boot->log.state.counter/0/
