# boot/find.c: what one reading says of an image outside the chip is a verdict (T6, T9)
s/READINGS_MOST = 3/READINGS_MOST = 1/; s/return agree \&\& !no_answer/return (agree || !no_answer)/
