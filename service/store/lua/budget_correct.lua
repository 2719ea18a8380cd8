-- Zoom says that we have called too often: hold the pace until a moment, and call the day spent if it is.
-- KEYS    1 when the pace allows the next call (ms) · 2 the day's count
-- ARGV    1 real ms until which nothing goes · 2 the day's most calls, 0: only the pace is meant · 3 life of both s
-- RETURNS 1
local held = tonumber(redis.call('GET', KEYS[1]) or '0')
redis.call('SET', KEYS[1], string.format('%.3f', math.max(held, tonumber(ARGV[1]))), 'EX', ARGV[3])
if tonumber(ARGV[2]) > 0 then
  local spent = tonumber(redis.call('GET', KEYS[2]) or '0')
  redis.call('SET', KEYS[2], string.format('%.0f', math.max(spent, tonumber(ARGV[2]))), 'EX', ARGV[3])
end
return 1
