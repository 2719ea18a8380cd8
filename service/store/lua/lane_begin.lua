-- A post is about to go: its id and set are written down first, so that whoever follows can repeat the very same.
-- KEYS    1 lanes:claims · 2 lane · 3 delivery · 4 deliveries · 5 deliveries:channel
-- ARGV    1 now ms · 2 lane · 3 token · 4 delivery id · 5 sending as JSON {id, pairs: [[subject, seq]]}
--         6 channel · 7 subjects as JSON · 8 delivery's life ms · 9 prefix of delivery keys
-- RETURNS 1 go · 0 the token is stale: do not post
local lane_key, delivery, deliveries, of_channel = KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, id = ARGV[1], ARGV[4]
if not held(KEYS[1], ARGV[2], ARGV[3]) then return 0 end

-- a single subject that is not told now will come again under its own id, so that one is left alone
local function goes_on_from(before)
  local subjects = cjson.decode(redis.call('HGET', before, 'alerts'))
  if #subjects > 1 then return true end
  for _, subject in ipairs(cjson.decode(ARGV[7])) do
    if subject == subjects[1] then return true end
  end
  return false
end

-- a refused post that is composed anew goes on as the new one, with the attempts made so far
local refused = redis.call('HGET', lane_key, 'refused')
local before = ARGV[9] .. (refused or '')
if refused and refused ~= id and redis.call('HGET', before, 'state') == 'owed'
    and redis.call('EXISTS', delivery) == 0 and goes_on_from(before) then
  redis.call('RENAME', before, delivery)
  for _, index in ipairs({deliveries, of_channel}) do
    redis.call('ZADD', index, redis.call('HGET', delivery, 'created_at'), id)
    redis.call('ZREM', index, refused)
  end
  redis.call('HDEL', lane_key, 'refused')
end

redis.call('HSET', lane_key, 'sending', ARGV[5])
redis.call('HINCRBY', lane_key, 'attempt', 1)
redis.call('HSETNX', delivery, 'created_at', now)
redis.call('HSETNX', delivery, 'tries', 0)
redis.call('HSET', delivery, 'state', 'leased', 'lane', ARGV[2], 'channel', ARGV[6], 'alerts', ARGV[7],
  'set', ARGV[5], 'updated_at', now)
redis.call('PEXPIRE', delivery, ARGV[8])
redis.call('ZADD', deliveries, 'NX', now, id)
redis.call('ZADD', of_channel, 'NX', now, id)
return 1
