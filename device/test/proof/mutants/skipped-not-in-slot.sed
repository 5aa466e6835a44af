# boot/view.c: going back looks in staging for a unit that was never kept there
s/index >= view->moved \|\| boot_is_skipped\(view->boot, index\)/index >= view->moved/
