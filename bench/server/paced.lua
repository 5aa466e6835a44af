-- wrk -s paced.lua URL -- DEVICES RATE CONNECTIONS: check-ins as of check-in.lua, about RATE a second over CONNECTIONS. To be run where check-in.lua is.
dofile("bench/server/check-in.lua")
local all, pause = init, 0

function init(args)
  all(args)
  pause = 1000 * tonumber(args[3]) / tonumber(args[2])
end

-- Milliseconds before each request of a connection; drawn, so that connections do not march in step.
function delay()
  return math.random(0, math.floor(2 * pause))
end
