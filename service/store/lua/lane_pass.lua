-- A destination has nothing to say of what was begun: it counts as heard, and no delivery is left of it.
-- KEYS    1 lanes · 2 lanes:claims · 3 lane · 4 owed · 5 told · 6 gate · 7 delivery · 8 deliveries
--         9 deliveries:channel · 10 deliveries:dead
-- ARGV    1 now ms · 2 lane · 3 token · 4 delivery id · 5 lane's life ms · 6 channel · 7 prefix of lane keys
-- RETURNS 1 · 0 the token is stale, or something else was begun: nothing is written
local lanes, claims, lane_key, owed, told, gate = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local now, lane, token, id = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local text = redis.call('HGET', lane_key, 'sending')
local sending = text and cjson.decode(text)
if not sending or sending.id ~= id or not held(claims, lane, token) then return 0 end

for _, pair in ipairs(sending.pairs) do
  hear(told, pair[1], pair[2])
  settle(owed, pair[1], pair[2])
end

-- one that was tried before, when there was something to say, stays for people to read
if tonumber(redis.call('HGET', KEYS[7], 'tries') or '0') > 0 then
  redis.call('HSET', KEYS[7], 'state', 'dead', 'updated_at', ARGV[1])
  redis.call('ZADD', KEYS[10], redis.call('HGET', KEYS[7], 'created_at'), id)
else
  redis.call('DEL', KEYS[7])
  redis.call('ZREM', KEYS[8], id)
  redis.call('ZREM', KEYS[9], id)
end

redis.call('HDEL', lane_key, 'sending', 'attempt', 'put_off')
local not_before = tonumber(redis.call('HGET', lane_key, 'not_before') or '0')
local due_at = redis.call('EXISTS', owed) == 1 and math.max(now, not_before) or nil
end_turn(lanes, claims, lane, lane_key, told, due_at, ARGV[5])
spare(lanes, claims, ARGV[7], ARGV[6], now, gate, token)
return 1
