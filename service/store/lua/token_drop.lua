-- Forget a token, if it is still the one that was refused.
-- KEYS    1 token
-- ARGV    1 mark of the refused token
-- RETURNS 1 forgotten · 0 another one is there by now
if redis.call('HGET', KEYS[1], 'mark') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
