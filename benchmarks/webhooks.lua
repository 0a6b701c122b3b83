-- Posts signed payloads out of a file, each once: wrk -s webhooks.lua URL -- FILE THREADS
-- A line of the file is a signature, a space and a body. A thread that has no more begins anew.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local bodies, signatures, place = {}, {}, 0

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  local line_number = 0
  for line in io.lines(args[1]) do
    line_number = line_number + 1
    if line_number % tonumber(args[2]) == number % tonumber(args[2]) then
      local space = line:find(" ", 1, true)
      signatures[#signatures + 1] = line:sub(1, space - 1)
      bodies[#bodies + 1] = line:sub(space + 1)
    end
  end
end

function request()
  place = place % #bodies + 1
  return wrk.format(nil, nil, {["X-Hub-Signature-256"] = signatures[place]}, bodies[place])
end
