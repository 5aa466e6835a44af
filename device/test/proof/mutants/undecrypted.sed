# boot/view.c: what is encrypted is copied as it stands
s/if \(view->opened \&\& !in_slot\)/if (view->opened \&\& !in_slot \&\& view->boot->log.state.phase != UPDRAFT_PHASE_SWAPPING)/
