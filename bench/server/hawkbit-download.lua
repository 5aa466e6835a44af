-- wrk -s hawkbit-download.lua URL -- DEVICES MODULE FILE [RANGE]: every request is another hawkBit device's download of what it was assigned.
local at, devices, path, range = 0, 1000, "", nil

function init(args)
  devices, range = tonumber(args[1]), args[4]
  path = "/softwaremodules/" .. args[2] .. "/artifacts/" .. args[3]
end

function request()
  at = (at + 389) % devices
  return wrk.format("GET", "/DEFAULT/controller/v1/h" .. at .. path, { ["Authorization"] = "TargetToken hawk" .. at, ["Range"] = range })
end
