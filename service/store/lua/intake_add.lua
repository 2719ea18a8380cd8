-- Take one webhook in, unless too many wait already.
-- KEYS    1 the stream · 2 what was heard · 3 the counters
-- ARGV    1 body · 2 now ms · 3 how many may wait
-- RETURNS how many wait now, this one among them · 0 it was not taken in
local n = redis.call('XLEN', KEYS[1])
if n >= tonumber(ARGV[3]) then
  redis.call('HINCRBY', KEYS[3], 'hooks:full', 1)
  return 0
end
redis.call('XADD', KEYS[1], '*', 'b', ARGV[1], 't', ARGV[2])
redis.call('HSET', KEYS[2], 'at', ARGV[2])
redis.call('HINCRBY', KEYS[3], 'hooks:taken', 1)
return n + 1
