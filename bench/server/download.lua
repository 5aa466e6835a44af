-- wrk -s download.lua URL -- SHA256: the whole artifact at once.
function init(args)
  wrk.path = "/device/v1/artifacts/" .. args[1]
  wrk.headers["Authorization"] = "Bearer tok1"
end
