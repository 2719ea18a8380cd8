-- A request bears a key: what may that key do, and may it ask now? Wrong keys slow the address that they come from.
-- KEYS    1 the key's record · 2 the key's pace · 3 the pace of the address's wrong keys · 4 set once this key was
--         right from this address
-- ARGV    1 real now ms · 2 ms between a key's requests · 3 ms of their burst · 4 ms between an address's wrong keys
--         5 ms of their burst · 6 life of KEYS[4] s
-- RETURNS {the record or false, ms to wait}; false and a wait: the address is slowed and the key was not looked at
local now = tonumber(ARGV[1])

-- Nobody can have to wait for longer than their whole burst: what says so was written before the clock was set back.
local function wait_of(key, gap, burst)
  local wait, next_at = pace_wait(key, now, tonumber(burst))
  if wait > gap + burst then return 0, now end
  return wait, next_at
end

-- A Redis that is full takes no writes: then nothing is counted, and keys open what they opened before.
local function counted(key, next_at, gap)
  next_at = next_at + tonumber(gap)
  redis.pcall('SET', key, string.format('%.3f', next_at), 'PX', math.max(1, math.ceil(next_at - now)))
end

local known = redis.call('EXISTS', KEYS[4]) == 1
local wait, next_at = wait_of(KEYS[3], ARGV[4], ARGV[5])
if wait > 0 and not known then return {false, wait} end

local record = redis.call('GET', KEYS[1])
if not record then
  counted(KEYS[3], next_at, ARGV[4])
  return {false, 0}
end

-- now and then anew: who asks every day is not a stranger after a month
if redis.call('TTL', KEYS[4]) < ARGV[6] / 2 then redis.pcall('SET', KEYS[4], '1', 'EX', ARGV[6]) end
wait, next_at = wait_of(KEYS[2], ARGV[2], ARGV[3])
if wait == 0 then counted(KEYS[2], next_at, ARGV[2]) end
return {record, wait}
