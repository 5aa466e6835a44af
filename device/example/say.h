// One line a change on the console: `app <version>: <state> [details]`, for people and for `updraft demo`.
#ifndef UPDRAFT_EXAMPLE_SAY_H
#define UPDRAFT_EXAMPLE_SAY_H

#include "updraft_agent.h"

void say_line(const char *state, const char *detail); // detail may be NULL
void say_event(const struct updraft_event *event);

#endif
