-- Posts batches of events that nobody sent before: wrk -s collector_events.lua URL -- KEY EVENTS RUN [PAUSE]
-- Between two requests, each connection pauses so many milliseconds.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local kinds = {
  '{"type":"track","event":"message.received","userId":"+2547%08d","timestamp":"2026-01-%02dT%02d:%02d:%02d.%03dZ",' ..
  '"context":{"channel":"whatsapp"},"properties":{"messageId":"wamid.%s","chatId":"chat_%d","direction":"inbound",' ..
  '"contentType":"text","hasMedia":false}}',
  '{"type":"track","event":"message.sent","userId":"+2547%08d","timestamp":"2026-01-%02dT%02d:%02d:%02d.%03dZ",' ..
  '"context":{"channel":"whatsapp"},"properties":{"messageId":"wamid.%s","chatId":"chat_%d","direction":"outbound",' ..
  '"contentType":"template","templateId":"welcome_v2","agentId":"agent_456"}}',
  '{"type":"track","event":"message.delivered","userId":"+2547%08d","timestamp":"2026-01-%02dT%02d:%02d:%02d.%03dZ",' ..
  '"context":{"channel":"whatsapp"},"properties":{"messageId":"wamid.%s","chatId":"chat_%d"}}',
  '{"type":"track","event":"message.read","userId":"+2547%08d","timestamp":"2026-01-%02dT%02d:%02d:%02d.%03dZ",' ..
  '"context":{"channel":"whatsapp"},"properties":{"messageId":"wamid.%s","chatId":"chat_%d"}}',
}
local made, events, run, pause, parts = 0, 1, "", 0, {}

function init(args)
  wrk.method = "POST"
  wrk.headers["X-Write-Key"] = args[1]
  wrk.headers["Content-Type"] = "application/json"
  events, run, pause = tonumber(args[2]), args[3], tonumber(args[4] or 0)
end

function delay()
  return pause
end

local function event()
  made = made + 1
  local user = made * 7919 % 20000
  return string.format(kinds[made % 4 + 1], user, made % 28 + 1, made % 24, made % 60, made % 59, made % 1000,
    run .. "." .. number .. "." .. made, user)
end

function request()
  for place = 1, events do
    parts[place] = event()
  end
  return wrk.format(nil, nil, nil, '{"batch":[' .. table.concat(parts, ",", 1, events) .. "]}")
end
