-- A channel was set anew: what was held against its old address is forgotten, its lanes look at once what they may say now.
-- KEYS    1 gate · 2 lanes · 3 lanes:claims
-- ARGV    1 now ms · 2 channel · 3 prefix of lane keys
-- RETURNS 1
redis.call('HDEL', KEYS[1], 'gate', 'not_before', 'token', 'spacing')
open_lanes(KEYS[2], KEYS[3], ARGV[3], ARGV[2], tonumber(ARGV[1]), nil, true)
return 1
