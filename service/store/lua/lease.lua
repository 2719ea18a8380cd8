-- One lease over any sorted set of things that become due, so that two holders never meet.
-- KEYS    1 the set · 2 its claims · 3 its fence
-- ARGV    1 verb · 2 now ms · then, by verb
--         claim: 3 how many · 4 until       take: 3 member · 4 until      renew: 3 member · 4 token · 5 until
--         done: 3 member · 4 token · 5 next ms or ""                      give_back: 3 member · 4 token
--         arm: 3 member · 4 at ms           remove: 3 member
-- RETURNS claim: {member, token, …} · take: token or "" · the others: 1 done, 0 the token is stale
local set, claims, fence = KEYS[1], KEYS[2], KEYS[3]
local verb, now = ARGV[1], tonumber(ARGV[2])
local member, token = ARGV[3], ARGV[4]

if verb == 'claim' then
  local ends, taken = tonumber(ARGV[4]), {}
  local due = redis.call('ZRANGEBYSCORE', set, '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[3])
  for i = 1, #due, 2 do
    taken[#taken + 1] = due[i]
    taken[#taken + 1] = lease(set, claims, fence, due[i], tonumber(due[i + 1]), ends)
  end
  return taken
end

if verb == 'take' then
  if leased(claims, member, now) then return '' end
  return lease(set, claims, fence, member, now, tonumber(ARGV[4]))
end

if verb == 'renew' then
  local c = held(claims, member, token)
  if not c then return 0 end
  c.ends = tonumber(ARGV[5])
  write_claim(claims, member, c)
  redis.call('ZADD', set, ARGV[5], member)
  return 1
end

if verb == 'done' then return finish(set, claims, member, token, tonumber(ARGV[5]), now) end

if verb == 'give_back' then
  local c = held(claims, member, token)
  return c and finish(set, claims, member, token, tonumber(c.since), now) or 0
end

if verb == 'arm' then
  arm(set, claims, member, tonumber(ARGV[4]), now)
  return 1
end

if verb == 'remove' then
  redis.call('HDEL', claims, member)
  return redis.call('ZREM', set, member)
end

return redis.error_reply('lease.lua knows no verb ' .. verb)
