# boot/walk.c: proven steps are not recorded: the next step erases what a redo would need
/steps_done\+\+;/{n; s/return updraft_log_append\(&boot->log\);/return UPDRAFT_OK;/}
