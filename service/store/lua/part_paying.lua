-- A part of lane_record and lane_pass, after part_claims: what was told is owed no more, and the lane goes on or rests.
-- No KEYS, no ARGV, RETURNS nothing.
local function hear(told, subject, seq)
  if seq > tonumber(redis.call('HGET', told, subject) or '-1') then
    redis.call('HSET', told, subject, string.format('%.0f', seq))
  end
end

-- what was committed while the post was on its way is news that nobody has heard
local function settle(owed, subject, seq)
  if tonumber(redis.call('HGET', owed, subject) or '-1') <= seq then redis.call('HDEL', owed, subject) end
end

local function end_turn(lanes, claims, lane, key, told, due_at, life)
  redis.call('HDEL', claims, lane)
  if due_at then
    redis.call('ZADD', lanes, string.format('%.0f', due_at), lane)
  else
    redis.call('ZREM', lanes, lane)
    redis.call('PEXPIRE', key, life)
    redis.call('PEXPIRE', told, life)
  end
end
