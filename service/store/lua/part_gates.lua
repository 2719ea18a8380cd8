-- A part of lane_record, lane_pass, lane_put_off and gate_reset, after part_claims: what a channel's lanes wait for
-- is over, for all of them or for those that wait no longer than `before`. A lane that was put off waits for its own
-- moment, unless the channel is `anew`: then its hours may be others. No KEYS, no ARGV, RETURNS nothing.
-- `lane_prefix` makes a lane's key of its name.
local function open_lanes(lanes, claims, lane_prefix, channel, now, before, anew)
  local start = channel .. ':'
  local waiting = redis.call('ZRANGEBYSCORE', lanes, '-inf', before or '+inf', 'WITHSCORES')
  for i = 1, #waiting, 2 do
    local lane = waiting[i]
    if string.sub(lane, 1, #start) == start and not leased(claims, lane, now) then
      local kept = redis.call('HMGET', lane_prefix .. lane, 'not_before', 'put_off')
      if anew or tonumber(kept[2] or '0') ~= tonumber(waiting[i + 1]) then
        redis.call('ZADD', lanes, 'LT', string.format('%.0f', math.max(now, tonumber(kept[1] or '0'))), lane)
      end
    end
  end
end

-- Nothing was posted: the channel's next lane need not keep a post's distance.
local function spare(lanes, claims, lane_prefix, channel, now, gate, token)
  local kept = redis.call('HMGET', gate, 'token', 'next_at')
  if kept[1] ~= token then return end
  redis.call('HDEL', gate, 'next_at', 'lane', 'token')
  open_lanes(lanes, claims, lane_prefix, channel, now, tonumber(kept[2]) + 1)
end
