# boot/boot.c: a medium that falls silent in the middle ends the update (T9)
s/\? UPDRAFT_REASON_NONE/? UPDRAFT_REASON_DIGEST/
