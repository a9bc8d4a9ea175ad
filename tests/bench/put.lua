-- wrk: uploads of 4 KiB, each of other bytes under another name.
local thread = 0
function setup(t)
  thread = thread + 1
  t:set("id", thread)
end
function init()
  math.randomseed(os.time() + id)
  run, count = math.random(1e9), 0
end
function request()
  count = count + 1
  local head = string.format("%d.%d.%d.", run, id, count)
  return wrk.format("PUT", "/file/upload?name=s" .. head .. "x", nil, head .. string.rep("x", 4096 - #head))
end
