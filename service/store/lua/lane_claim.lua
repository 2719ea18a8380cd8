-- Lease lanes that are due, but no two of one channel, none whose gate is shut, none sooner than its spacing.
-- A lane that may not go yet is put off to when it may; those put off together keep their order.
-- KEYS    1 lanes · 2 lanes:claims · 3 lanes:fence
-- ARGV    1 now ms · 2 how many · 3 until ms · 4 spacing ms between posts of one channel
--         5 prefix of lane keys · 6 of owed keys · 7 of told keys · 8 of gate keys · 9 most lanes looked at
--         10.. channels: when there are any, the lanes of others are left as they are
-- RETURNS {lane, channel, token, attempt, sending or "", {owed…}, {told…}, posts, last_at, put_off (ms or "")} for each
local lanes, claims, fence = KEYS[1], KEYS[2], KEYS[3]
local now, wanted, spacing = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])

local function may_go_at(lane_not_before, gate_key)
  local gate = redis.call('HMGET', gate_key, 'not_before', 'next_at', 'lane')
  local at = math.max(tonumber(lane_not_before or 0), tonumber(gate[1] or 0), tonumber(gate[2] or 0))
  if gate[3] and leased(claims, gate[3], now) then at = math.max(at, now + spacing) end
  return at
end

local among = {}
for i = 10, #ARGV do among[ARGV[i]] = true end

local turns = {}
local due = redis.call('ZRANGEBYSCORE', lanes, '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[9])
for i = 1, #due, 2 do
  if #turns == wanted then break end
  local lane, key = due[i], ARGV[5] .. due[i]
  local held = redis.call('HMGET', key, 'channel', 'not_before', 'attempt', 'sending', 'posts', 'last_at', 'put_off')
  local channel, sending = held[1], held[4]
  if not channel or (not sending and redis.call('EXISTS', ARGV[6] .. lane) == 0) then
    redis.call('ZREM', lanes, lane)
    redis.call('HDEL', claims, lane)
  elseif #ARGV < 10 or among[channel] then
    local gate_key = ARGV[8] .. channel
    local at = may_go_at(held[2], gate_key)
    if at > now then
      redis.call('ZADD', lanes, string.format('%.4f', at + i / 10000), lane)
    else
      local token = lease(lanes, claims, fence, lane, tonumber(due[i + 1]), tonumber(ARGV[3]))
      redis.call('HSET', gate_key, 'lane', lane, 'token', token, 'next_at', string.format('%.0f', now + spacing))
      turns[#turns + 1] = {lane, channel, token, held[3] or '0', sending or '',
        redis.call('HGETALL', ARGV[6] .. lane), redis.call('HGETALL', ARGV[7] .. lane),
        held[5] or '0', held[6] or '', held[7] or ''}
    end
  end
end
return turns
