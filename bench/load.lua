-- One kind of request for wrk: load.lua KIND BASE TOKEN FILE TAG
-- FILE holds a line "id<TAB>userName" for every user; TAG makes what is created unique.
local kind, base, token, tag
local ids, names, count, serial = {}, {}, 0, 0
local body_start, body_end = "", ""

local function encoded(text)
  return (text:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", c:byte()) end))
end

function init(args)
  kind, base, token, tag = args[1], args[2], args[3], args[5]
  for line in io.lines(args[4]) do
    local id, name = line:match("^(.-)\t(.*)$")
    count = count + 1
    ids[count], names[count] = id, encoded(name)
  end
  if args[6] then
    local file = io.open(args[6])
    body_start, body_end = file:read("*a"):match("^(.-)@LOGIN@(.*)$")
    file:close()
  end
  math.randomseed(os.time() + #tag)
  wrk.headers["Authorization"] = "Bearer " .. token
  wrk.headers["Accept"] = "application/scim+json"
end

local PATCH = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":['
  .. '{"op":"replace","path":"title","value":"Title %s"},'
  .. '{"op":"replace","path":"displayName","value":"Name %s"},'
  .. '{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",'
  .. '"value":"Department %s"}]}'
local WRITE = { ["Content-Type"] = "application/scim+json" }

function request()
  local at = math.random(count)
  if kind == "get" then
    return wrk.format("GET", base .. "/Users/" .. ids[at])
  elseif kind == "filter" then
    return wrk.format("GET", base .. "/Users?filter=userName%20eq%20%22" .. names[at] .. "%22")
  end
  serial = serial + 1
  local mark = tag .. "-" .. serial
  WRITE["Authorization"], WRITE["Accept"] = wrk.headers["Authorization"], wrk.headers["Accept"]
  if kind == "patch" then
    return wrk.format("PATCH", base .. "/Users/" .. ids[at], WRITE, PATCH:format(mark, mark, mark))
  end
  return wrk.format("POST", base .. "/Users", WRITE, body_start .. mark .. body_end)
end

function done(summary, latency, requests)
  local failed = summary.errors
  print(string.format(
    'BENCH {"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"max":%f,"failed":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3,
    failed.status + failed.connect + failed.read + failed.write + failed.timeout))
end
