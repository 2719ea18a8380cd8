-- May one call be made now? A steady pace with a little burst, and a count for the day, in one question.
-- KEYS    1 when the pace allows the next call (ms) · 2 the day's count
-- ARGV    1 real now ms · 2 ms between calls · 3 ms of burst · 4 the day's most calls for this purpose; -1: no day
--         counts it · 5 life of both s
-- RETURNS {1 or 0, ms to wait, calls left today for this purpose or -1}; a wait of -1 means until the day is over
local gap, most = tonumber(ARGV[2]), tonumber(ARGV[4])
local spent = tonumber(redis.call('GET', KEYS[2]) or '0')
local left = most >= 0 and math.max(0, most - spent) or -1
if left == 0 then return {0, -1, 0} end

local wait, next_at = pace_wait(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[3]))
if wait > 0 then return {0, wait, left} end

redis.call('SET', KEYS[1], string.format('%.3f', next_at + gap), 'EX', ARGV[5])
if most < 0 then return {1, 0, -1} end
redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[5])
return {1, 0, left - 1}
