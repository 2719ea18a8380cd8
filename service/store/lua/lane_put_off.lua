-- A turn ends without a post, because its news can wait. What comes to be owed meanwhile brings the lane forward.
-- KEYS    1 lanes · 2 lanes:claims · 3 lane · 4 gate
-- ARGV    1 now ms · 2 lane · 3 token · 4 until ms · 5 channel · 6 prefix of lane keys
-- RETURNS 1 · 0 the token is stale: nothing is written
local lanes, claims, lane_key, now, lane = KEYS[1], KEYS[2], KEYS[3], tonumber(ARGV[1]), ARGV[2]
local c = held(claims, lane, ARGV[3])
if not c then return 0 end

redis.call('HDEL', claims, lane)
redis.call('HSET', lane_key, 'put_off', ARGV[4])
-- something was owed while this turn looked: it may be more urgent
local not_before = tonumber(redis.call('HGET', lane_key, 'not_before') or '0')
local at = c.again and math.max(now, not_before) or tonumber(ARGV[4])
redis.call('ZADD', lanes, string.format('%.0f', at), lane)
spare(lanes, claims, ARGV[6], ARGV[5], now, KEYS[4], ARGV[3])
return 1
