-- A steady pace with a little burst. Kept is the moment (ms) at which the next one would go without any burst.

-- How long to wait now, in ms, and the moment from which the next is counted.
local function pace_wait(key, now, burst)
  local next_at = math.max(now, tonumber(redis.call('GET', key) or '0'))
  local early = next_at - now - burst
  if early < 0.5 then return 0, next_at end  -- half a millisecond is rounding
  return math.ceil(early), next_at
end
