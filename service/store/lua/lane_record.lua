-- What became of a post: who has been told, what is still owed, when the lane and its channel may go again.
-- KEYS    1 lanes · 2 lanes:claims · 3 lane · 4 owed · 5 told · 6 gate · 7 deliveries:dead
-- ARGV    1 now ms · 2 lane · 3 token · 4 outcome (accepted refused unknown dead) · 5 attempt (opaque)
--         6 most attempts kept · 7 gate's not_before ms or "" · 8 gate (opaque) · 9 lane's not_before ms or ""
--         10 prefix of delivery keys · 11 delivery's life ms · 12 lane's life ms · 13 channel · 14 prefix of lane keys
-- RETURNS 1 · 0 the token is stale, or nothing was begun: nothing is written
local lanes, claims, lane_key, owed, told, gate = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local now, lane, token, outcome, attempt = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local text = redis.call('HGET', lane_key, 'sending')
if not text or not held(claims, lane, token) then return 0 end
local sending = cjson.decode(text)
local final = outcome == 'accepted' or outcome == 'dead'

local function pay(subject, seq)
  if outcome == 'accepted' and seq > tonumber(redis.call('HGET', told, subject) or '-1') then
    redis.call('HSET', told, subject, string.format('%.0f', seq))
  end
  -- what was committed while the post was on its way is news that nobody has heard
  if tonumber(redis.call('HGET', owed, subject) or '-1') == seq then redis.call('HDEL', owed, subject) end
end

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
  local shut = redis.call('HGET', gate, 'not_before')
  redis.call('HSET', gate, 'gate', ARGV[8])
  if ARGV[7] ~= '' then
    redis.call('HSET', gate, 'not_before', ARGV[7])
  else
    redis.call('HDEL', gate, 'not_before')
    if shut then open_lanes(lanes, claims, ARGV[14], ARGV[13], now) end
  end
end

if final then
  for _, pair in ipairs(sending.pairs) do pay(pair[1], pair[2]) end
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

redis.call('HDEL', claims, lane)
if outcome == 'unknown' or redis.call('EXISTS', owed) == 1 then
  local at = math.max(now, tonumber(ARGV[7] ~= '' and ARGV[7] or 0), tonumber(ARGV[9] ~= '' and ARGV[9] or 0))
  redis.call('ZADD', lanes, string.format('%.0f', at), lane)
else
  redis.call('ZREM', lanes, lane)
  redis.call('PEXPIRE', lane_key, ARGV[12])
  redis.call('PEXPIRE', told, ARGV[12])
end
return 1
