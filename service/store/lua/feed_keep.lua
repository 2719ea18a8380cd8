-- Keep what was pushed of some sessions of an instance, and when it is to be decided, if the drainer is still the one.
-- KEYS    1 claims of the drains · 2 the feed of the instance · 3 the feeds
-- ARGV    1 member · 2 token · 3 instance · 4 due ms or "" · 5 "LT": no later than it is due already, or ""
--         6 seconds to keep · 7.. session, blob, …
-- RETURNS 1 · 0 the token is stale, nothing was written
if not held(KEYS[1], ARGV[1], ARGV[2]) then return 0 end
for i = 7, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[2], ARGV[6])
if ARGV[4] == '' then
  if ARGV[5] == '' then redis.call('ZREM', KEYS[3], ARGV[3]) end
elseif ARGV[5] == '' then
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
else
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[4], ARGV[3])
end
return 1
