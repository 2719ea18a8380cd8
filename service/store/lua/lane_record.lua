-- What became of a post: who has been told, what is still owed, when the lane and its channel may go again.
-- KEYS    1 lanes · 2 lanes:claims · 3 lane · 4 owed · 5 told · 6 gate · 7 deliveries:dead · 8 counters
-- ARGV    1 now ms · 2 lane · 3 token · 4 outcome (accepted refused unknown dead) · 5 attempt (opaque)
--         6 most attempts kept · 7 gate's not_before ms or "" · 8 gate (opaque) · 9 lane's not_before ms or ""
--         10 prefix of delivery keys · 11 delivery's life ms · 12 lane's life ms · 13 channel · 14 prefix of lane keys
--         15 posts in a row with this one, or "" when it does not count
--         16 what was owed when this was composed, as JSON {subject: seq}: with a dead post all of it is given up
--         17 the least distance of the channel's posts in ms, from now on · 18 that of channels that have none yet
--         19.. what is counted, whoever has the lane by now: name, n, and so on
-- RETURNS 1 · 0 the token is stale, or nothing was begun: nothing is written
local lanes, claims, lane_key, owed, told, gate = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local now, lane, token, outcome, attempt = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5]

for i = 19, #ARGV, 2 do redis.call('HINCRBY', KEYS[8], ARGV[i], ARGV[i + 1]) end

local text = redis.call('HGET', lane_key, 'sending')
if not text or not held(claims, lane, token) then return 0 end
local sending = cjson.decode(text)
local final, composed_of = outcome == 'accepted' or outcome == 'dead', cjson.decode(ARGV[16])

local function keep_attempt()
  local delivery = ARGV[10] .. sending.id
  local n = redis.call('HINCRBY', delivery, 'tries', 1)
  redis.call('HSET', delivery, 'try:' .. n, attempt, 'state', final and outcome or 'owed', 'updated_at', ARGV[1])
  redis.call('HDEL', delivery, 'try:' .. (n - tonumber(ARGV[6])))
  redis.call('PEXPIRE', delivery, ARGV[11])
  if outcome == 'dead' then
    redis.call('ZADD', KEYS[7], redis.call('HGET', delivery, 'created_at') or ARGV[1], sending.id)
  end
end

-- a channel that was set anew meanwhile is not judged by an answer of its old address
local function keep_gate()
  if redis.call('HGET', gate, 'token') ~= token then return end
  local shut, spacing = unpack(redis.call('HMGET', gate, 'not_before', 'spacing'))
  redis.call('HSET', gate, 'gate', ARGV[8], 'spacing', ARGV[17])
  if ARGV[7] ~= '' then
    redis.call('HSET', gate, 'not_before', ARGV[7])
  else
    redis.call('HDEL', gate, 'not_before')
    local sooner = spacing ~= ARGV[17] and tonumber(ARGV[17]) < tonumber(ARGV[18])
    if sooner then redis.call('HDEL', gate, 'next_at') end
    if shut or sooner then open_lanes(lanes, claims, ARGV[14], ARGV[13], now) end
  end
end

if final then
  for _, pair in ipairs(sending.pairs) do
    if outcome == 'accepted' then hear(told, pair[1], pair[2]) end
    settle(owed, pair[1], outcome == 'dead' and composed_of[pair[1]] or pair[2])
  end
  redis.call('HDEL', lane_key, 'attempt')
end
if outcome ~= 'unknown' then redis.call('HDEL', lane_key, 'sending') end
if outcome == 'refused' then
  redis.call('HSET', lane_key, 'refused', sending.id)
elseif redis.call('HGET', lane_key, 'refused') == sending.id then
  redis.call('HDEL', lane_key, 'refused')
end
keep_attempt()
keep_gate()
if ARGV[9] ~= '' then redis.call('HSET', lane_key, 'not_before', ARGV[9]) end
if ARGV[15] ~= '' then
  redis.call('HSET', lane_key, 'posts', ARGV[15], 'last_at', ARGV[1])
  redis.call('HDEL', lane_key, 'put_off')
end

local open = outcome == 'unknown' or redis.call('EXISTS', owed) == 1
local at = math.max(now, tonumber(ARGV[7] ~= '' and ARGV[7] or 0), tonumber(ARGV[9] ~= '' and ARGV[9] or 0))
end_turn(lanes, claims, lane, lane_key, told, open and at or nil, ARGV[12])
return 1
