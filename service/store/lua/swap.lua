-- Write a key if it is still what was read.
-- KEYS    1 the key
-- ARGV    1 as it was read · 2 as it shall be
-- RETURNS 1 · 0 somebody else wrote it meanwhile
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
