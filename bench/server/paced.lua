-- wrk -s paced.lua URL -- DEVICES RATE [SCRIPT]: requests as of SCRIPT (check-in.lua), RATE a second over all connections. To be run at the top of the tree.
-- Whoever has its answer gets the next free time to send; when answers are late, the times that were missed are made up for at once.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long s; long ns; } timespec;
  int clock_gettime(int clock, timespec *now);
]]
local between, due, now = 0, nil, ffi.new("timespec")

function init(args)
  dofile(args[3] or "bench/server/check-in.lua")
  init(args)
  between = 1000 / tonumber(args[2])
end

-- Milliseconds before the next request of a connection.
function delay()
  ffi.C.clock_gettime(1, now)
  local ms = tonumber(now.s) * 1000 + tonumber(now.ns) / 1000000
  due = (due or ms) + between
  return math.max(0, math.floor(due - ms + 0.5))
end
