-- wrk -s range.lua URL -- SHA256 SIZE: 4 KiB ranges, as a chip fetches.
local path, size, at = "", 0, 0

function init(args)
  path, size = "/device/v1/artifacts/" .. args[1], tonumber(args[2])
end

function request()
  at = (at + 4096) % (size - 4096)
  return wrk.format("GET", path, { ["Authorization"] = "Bearer tok1", ["Range"] = "bytes=" .. at .. "-" .. (at + 4095) })
end
