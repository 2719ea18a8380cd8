-- A note is owed to a lane: the note, the debt and, where it is told alone, the delivery that will pay it, all at once.
-- KEYS    1 lanes · 2 lanes:claims · 3 note · 4 delivery · 5 deliveries · 6 deliveries:channel
-- ARGV    1 now ms · 2 debt as JSON {lane, key, owed, told, channel, subject, seq} · 3 note · 4 note's life s
--         5 delivery id, or "" · 6 its subjects as JSON · 7 delivery's life ms
-- RETURNS 1
local now, debt = tonumber(ARGV[1]), cjson.decode(ARGV[2])
redis.call('SET', KEYS[3], ARGV[3], 'EX', ARGV[4])
owe(KEYS[1], KEYS[2], debt, now, now)
if ARGV[5] ~= '' and redis.call('EXISTS', KEYS[4]) == 0 then
  redis.call('HSET', KEYS[4], 'state', 'owed', 'lane', debt.lane, 'channel', debt.channel, 'alerts', ARGV[6],
    'created_at', ARGV[1], 'updated_at', ARGV[1], 'tries', 0)
  redis.call('PEXPIRE', KEYS[4], ARGV[7])
  redis.call('ZADD', KEYS[5], ARGV[1], ARGV[5])
  redis.call('ZADD', KEYS[6], ARGV[1], ARGV[5])
end
return 1
