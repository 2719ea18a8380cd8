-- A part of lane_record and gate_reset, after part_claims: a channel's gate opens, its lanes need wait no longer.
-- No KEYS, no ARGV, RETURNS nothing. `lane_prefix` makes a lane's key of its name.
local function open_lanes(lanes, claims, lane_prefix, channel, now)
  local start = channel .. ':'
  for _, lane in ipairs(redis.call('ZRANGE', lanes, 0, -1)) do
    if string.sub(lane, 1, #start) == start and not leased(claims, lane, now) then
      local not_before = tonumber(redis.call('HGET', lane_prefix .. lane, 'not_before') or '0')
      redis.call('ZADD', lanes, 'LT', string.format('%.0f', math.max(now, not_before)), lane)
    end
  end
end
