-- Zoom knows better than we: hold the pace until a moment, and lift the day's count; what is lifted, others spent.
-- KEYS    1 when the pace allows the next call (ms) · 2 the day's count · 3 what other apps have of it
-- ARGV    1 real ms until which nothing goes, 0: the pace stays · 2 what the day has cost at least, 0: only the pace
--         is meant · 3 life of all s
-- RETURNS calls that were not ours
local until_ms, least = tonumber(ARGV[1]), tonumber(ARGV[2])
if until_ms > 0 then
  local held = tonumber(redis.call('GET', KEYS[1]) or '0')
  redis.call('SET', KEYS[1], string.format('%.3f', math.max(held, until_ms)), 'EX', ARGV[3])
end
local spent = tonumber(redis.call('GET', KEYS[2]) or '0')
if least <= spent then return 0 end
redis.call('SET', KEYS[2], string.format('%.0f', least), 'EX', ARGV[3])
redis.call('INCRBY', KEYS[3], string.format('%.0f', least - spent))
redis.call('EXPIRE', KEYS[3], ARGV[3])
return least - spent
