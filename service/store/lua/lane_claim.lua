-- Lease lanes that are due, but no two of one channel, none whose gate is shut, none sooner than its spacing.
-- A lane that may not go yet is put off to when it may; those put off together keep their order, and where posts are
-- close to each other, each waits for as many of them as stand before it.
-- KEYS    1 lanes · 2 lanes:claims · 3 lanes:fence
-- ARGV    1 now ms · 2 how many · 3 until ms · 4 spacing ms between posts of a channel that has none of its own
--         5 prefix of lane keys · 6 of owed keys · 7 of told keys · 8 of gate keys · 9 most lanes looked at
--         10.. channels: when there are any, the lanes of others are left as they are, and not counted as looked at
-- RETURNS {lane, channel, token, attempt, sending or "", {owed…}, {told…}, posts, last_at, put_off (ms or ""),
--         gate (opaque, or "")} for each
local lanes, claims, fence = KEYS[1], KEYS[2], KEYS[3]
local now, wanted, spacing = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])

local gates = {}
local function gate_of(channel)
  if not gates[channel] then
    local key = ARGV[8] .. channel
    local kept = redis.call('HMGET', key, 'not_before', 'next_at', 'lane', 'spacing', 'gate')
    local apart = tonumber(kept[4] or spacing)
    local at = math.max(tonumber(kept[1] or 0), tonumber(kept[2] or 0))
    if kept[3] and leased(claims, kept[3], now) then at = math.max(at, now + apart) end
    gates[channel] = {key = key, at = at, apart = apart, text = kept[5] or '', waiting = 0}
  end
  return gates[channel]
end

local among = {}
for i = 10, #ARGV do among[ARGV[i]] = true end

local turns = {}
local function is_wanted(lane)
  return #ARGV < 10 or among[string.match(lane, '^[^:]*')]
end

local function look(lane, due_at, place)
  local key = ARGV[5] .. lane
  local held = redis.call('HMGET', key, 'channel', 'not_before', 'attempt', 'sending', 'posts', 'last_at', 'put_off')
  local channel, sending = held[1], held[4]
  if not channel or (not sending and redis.call('EXISTS', ARGV[6] .. lane) == 0) then
    redis.call('ZREM', lanes, lane)
    redis.call('HDEL', claims, lane)
    return
  end
  local gate = gate_of(channel)
  local at = math.max(tonumber(held[2] or 0), gate.at)
  if at > now then
    if gate.apart < spacing then at, gate.waiting = at + gate.waiting * gate.apart, gate.waiting + 1 end
    redis.call('ZADD', lanes, string.format('%.4f', at + place / 2000), lane)
    return
  end
  local token = lease(lanes, claims, fence, lane, due_at, tonumber(ARGV[3]))
  gate.at = now + gate.apart
  redis.call('HSET', gate.key, 'lane', lane, 'token', token, 'next_at', string.format('%.0f', gate.at))
  turns[#turns + 1] = {lane, channel, token, held[3] or '0', sending or '',
    redis.call('HGETALL', ARGV[6] .. lane), redis.call('HGETALL', ARGV[7] .. lane),
    held[5] or '0', held[6] or '', held[7] or '', gate.text}
end

-- a page at a time: most claims want few, and hundreds may be due. Whatever is dealt with has left the range, and
-- what others wait for must not hide what is wanted behind it
local PAGE = #ARGV < 10 and 64 or 512
local looked, passed = 0, 0
while #turns < wanted and looked < tonumber(ARGV[9]) do
  local due = redis.call('ZRANGEBYSCORE', lanes, '-inf', now, 'WITHSCORES', 'LIMIT', passed, PAGE)
  if #due == 0 then break end
  for i = 1, #due, 2 do
    if #turns == wanted then break end
    if is_wanted(due[i]) then
      looked = looked + 1
      look(due[i], tonumber(due[i + 1]), looked)
    else
      passed = passed + 1
    end
  end
end
return turns
