-- wrk -s report.lua URL -- DEVICES: every request is a report that must be on disk before it is answered.
local at, devices = 0, 1000000
local body = "\xa3\x01\x00\x02\x01\x03\x58\x20" .. string.rep("\0", 32)

function init(args)
  devices = tonumber(args[1])
end

function request()
  at = (at + 7919) % devices
  return wrk.format("POST", "/device/v1/d" .. at .. "/reports",
    { ["Authorization"] = "Bearer tok" .. at, ["Content-Type"] = "application/cbor" }, body)
end
