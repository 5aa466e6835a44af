# boot/compare.c: the difference of a step is not noted
s/compare->differs \|= 1U/compare->differs |= 0U/
