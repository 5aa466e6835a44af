# boot/walk.c: the new step is moved before the old one is safe
s/steps_done % 2 == 0;/steps_done % 2 == 1;/
