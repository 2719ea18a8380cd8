-- A part of seat_commit and lane_owe, after part_claims: a lane comes to owe the news of a subject.
-- No KEYS, no ARGV, RETURNS nothing. `debt` is {lane, key, owed, told, channel, subject, seq}.
local function owe(lanes, claims, debt, due, now)
  local before = tonumber(redis.call('HGET', debt.owed, debt.subject) or '-1')
  if debt.seq > before then
    redis.call('HSET', debt.owed, debt.subject, string.format('%.0f', debt.seq))
  end
  redis.call('HSET', debt.key, 'channel', debt.channel)
  redis.call('PERSIST', debt.key)
  redis.call('PERSIST', debt.told)
  local not_before = tonumber(redis.call('HGET', debt.key, 'not_before') or '0')
  arm(lanes, claims, debt.lane, math.max(due, not_before), now)
end
