-- A delivery that was given up is owed again, as the very set it was, under its own id.
-- KEYS    1 lanes · 2 lanes:claims · 3 lane · 4 delivery · 5 deliveries:dead
-- ARGV    1 now ms · 2 lane · 3 delivery id · 4 channel
-- RETURNS 1 · 0 it is not dead, or another post of its lane is on its way or has an unknown fate and must go first
local lanes, claims, lane_key, delivery = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now = tonumber(ARGV[1])
local state, set = unpack(redis.call('HMGET', delivery, 'state', 'set'))
if state ~= 'dead' or not set or redis.call('HEXISTS', lane_key, 'sending') == 1 then return 0 end
if leased(claims, ARGV[2], now) then return 0 end  -- whoever holds it is about to write down what they send

redis.call('HSET', lane_key, 'channel', ARGV[4], 'sending', set)
redis.call('PERSIST', lane_key)
redis.call('HSET', delivery, 'state', 'owed', 'updated_at', ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[3])
redis.call('ZADD', lanes, 'LT', ARGV[1], ARGV[2])
return 1
