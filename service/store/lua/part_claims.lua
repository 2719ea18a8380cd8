-- A part of other scripts (link.py says of which): how a claim is written, and the moves that all leases share.
-- A claim is "token|until|again|since": who holds the member, how long, for when somebody wanted it meanwhile (0:
-- nobody did), and when it was due before it was first claimed. No KEYS, no ARGV, RETURNS nothing.
local function claim_of(claims, member)
  local text = redis.call('HGET', claims, member)
  if not text then return nil end
  local token, ends, again, since = string.match(text, '^(%d+)|(%d+)|(%d+)|(%d+)$')
  return {token = token, ends = tonumber(ends), again = again ~= '0' and tonumber(again), since = since}
end

local function write_claim(claims, member, c)
  local text = string.format('%s|%.0f|%.0f|%s', c.token, c.ends, c.again or 0, c.since)
  redis.call('HSET', claims, member, text)
end

-- The claim, if this token still holds the member. A lease that ran out unnoticed is still held.
local function held(claims, member, token)
  local c = claim_of(claims, member)
  if c and c.token == token then return c end
  return nil
end

local function leased(claims, member, now)
  local c = claim_of(claims, member)
  return c and c.ends > now
end

-- Make a member due no later than `at`; one that is leased is only marked, its holder sees to it. A holder
-- whose lease ran out may still end it: it is marked as well, so that its next look does not undo this one.
local function arm(set, claims, member, at, now)
  local c = claim_of(claims, member)
  if c then
    c.again = math.max(1, math.min(c.again or at, at))
    write_claim(claims, member, c)
  end
  if not c or c.ends <= now then redis.call('ZADD', set, 'LT', string.format('%.0f', at), member) end
end

-- Lease a member that is due. A lease that ran out hands on since when the member was due.
local function lease(set, claims, fence, member, due_at, ends)
  local old = claim_of(claims, member)
  local token = string.format('%.0f', redis.call('INCR', fence))
  local since = old and old.since or string.format('%.0f', math.floor(due_at))
  write_claim(claims, member, {token = token, ends = ends, again = false, since = since})
  redis.call('ZADD', set, string.format('%.0f', ends), member)
  return token
end

-- End a lease: due again at `next_at`, or when somebody wanted it meanwhile; never if both are nil.
local function finish(set, claims, member, token, next_at, now)
  local c = held(claims, member, token)
  if not c then return 0 end
  redis.call('HDEL', claims, member)
  local wanted = c.again and math.max(c.again, now)
  if wanted and (not next_at or next_at > wanted) then next_at = wanted end
  if next_at then
    redis.call('ZADD', set, string.format('%.0f', next_at), member)
  else
    redis.call('ZREM', set, member)
  end
  return 1
end
