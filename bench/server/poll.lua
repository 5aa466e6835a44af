-- wrk -s poll.lua URL -- DEVICES: every request is another device's idle poll of hawkBit's device API, authenticated.
local at, devices = 0, 1000000

function init(args)
  devices = tonumber(args[1]) / 10
end

function request()
  at = (at + 7919) % devices
  return wrk.format("GET", "/DEFAULT/controller/v1/h" .. at, { ["Authorization"] = "TargetToken hawk" .. at })
end
