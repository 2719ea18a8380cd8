-- Write what was decided about subjects of one instance: each is compared and written whole, or not at all.
-- KEYS    1 seats:<i> · 2 due · 3 due:claims · 4 lanes · 5 lanes:claims
--         6 alerts · 7 alerts:open · 8 alerts:closed · 9 steps · 10 steps:claims
-- ARGV    1 now ms · 2 plan as JSON · 3.. opaque blobs, named in the plan by their index
--         plan {lane_due, ready?: [{lane, key}], oldest, keep_samples, keep_alerts, timeline_max,
--               seats: [{id, was, blob, samples: [{key, id, blob}],
--                        debts: [{lane, key, owed, told, channel, subject, seq}],
--                        alerts: [{id, key, doc, timeline, entries: [], indexes: [], opened, closed?, step?}]}],
--               finish?: {member, token, next?}, round?: {key, fields: []}}
--         the last chunk alone brings finish and round; with a token that is stale, neither counts
-- RETURNS ids of the refused subjects (their version has moved on); none: all is written
local now = tonumber(ARGV[1])
local plan = cjson.decode(ARGV[2])
local seats, due, due_claims, lanes, lane_claims = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local alerts, alerts_open, alerts_closed = KEYS[6], KEYS[7], KEYS[8]
local steps, step_claims = KEYS[9], KEYS[10]

local function whole(number)
  return string.format('%.0f', number)
end

-- a row that is older than the newest one is refused by the stream: these rows are for people, so it is let go
local function keep_sample(sample)
  redis.pcall('XADD', sample.key, 'MINID', '=', whole(plan.oldest), sample.id, 's', ARGV[sample.blob])
  redis.call('PEXPIRE', sample.key, whole(plan.keep_samples))
end

local function project(alert)
  redis.call('SET', alert.key, ARGV[alert.doc])
  for _, entry in ipairs(alert.entries) do redis.call('RPUSH', alert.timeline, ARGV[entry]) end
  redis.call('LTRIM', alert.timeline, -plan.timeline_max, -1)
  for _, index in ipairs(alert.indexes) do redis.call('ZADD', index, whole(alert.opened), alert.id) end
  redis.call('ZADD', alerts, whole(alert.opened), alert.id)
  if alert.closed then
    redis.call('ZREM', alerts_open, alert.id)
    redis.call('ZADD', alerts_closed, whole(alert.closed), alert.id)
    redis.call('PEXPIRE', alert.key, whole(plan.keep_alerts))
    redis.call('PEXPIRE', alert.timeline, whole(plan.keep_alerts))
  else
    redis.call('ZREM', alerts_closed, alert.id)
    redis.call('ZADD', alerts_open, whole(alert.opened), alert.id)
    redis.call('PERSIST', alert.timeline)
  end
end

-- when time alone changes it; whoever holds it just now is told that it changed, and looks again
local function put_step(alert)
  local c = claim_of(step_claims, alert.id)
  if c then
    c.again = now
    write_claim(step_claims, alert.id, c)
  end
  if c and c.ends > now then return end
  if alert.step then
    redis.call('ZADD', steps, whole(alert.step), alert.id)
  else
    redis.call('ZREM', steps, alert.id)
  end
end

local function write(seat)
  local version = string.format('%012d', tonumber(seat.was ~= '' and seat.was or 0) + 1)
  redis.call('HSET', seats, seat.id, version .. ARGV[seat.blob])
  for _, sample in ipairs(seat.samples) do keep_sample(sample) end
  for _, alert in ipairs(seat.alerts) do
    project(alert)
    put_step(alert)
  end
  for _, debt in ipairs(seat.debts) do owe(lanes, lane_claims, debt, plan.lane_due, now) end
end

local refused = {}
for _, seat in ipairs(plan.seats) do
  local stands = redis.call('HGET', seats, seat.id)
  if (stands and string.sub(stands, 1, 12) or '') == seat.was then
    write(seat)
  else
    refused[#refused + 1] = seat.id
  end
end

-- whoever lost the claim while they looked saw an older round than the one that stands
local stale = plan.finish and not held(due_claims, plan.finish.member, plan.finish.token)
if plan.round and not stale then redis.call('HSET', plan.round.key, unpack(plan.round.fields)) end
if plan.finish then
  finish(due, due_claims, plan.finish.member, plan.finish.token, plan.finish.next, now)
end

-- Nothing more comes of this round: its lanes are due at once. Whoever was refused is decided again in a moment, and
-- what that comes to should travel with the rest.
if #refused == 0 then
  for _, each in ipairs(plan.ready or {}) do
    local not_before = tonumber(redis.call('HGET', each.key, 'not_before') or '0')
    arm(lanes, lane_claims, each.lane, math.max(now, not_before), now)
  end
end
return refused
