-- wrk -s check-in.lua URL -- DEVICES: every request is another device's check-in, authenticated, in CBOR.
local at, devices = 0, 1000000
local body = "\xa5\x01\x58\x20" .. string.rep("\0", 32) .. "\x02\x651.0.0\x03\x69stm32f4xx\x04\x1a\x00\x20\x00\x00\x05\x00"

function init(args)
  devices = tonumber(args[1])
end

function request()
  at = (at + 7919) % devices
  return wrk.format("POST", "/device/v1/d" .. at .. "/check-in",
    { ["Authorization"] = "Bearer tok" .. at, ["Content-Type"] = "application/cbor" }, body)
end
