# boot/swap.c: the new unit is moved before the old one is safe
s/units_done % 2 == 0;/units_done % 2 == 1;/
