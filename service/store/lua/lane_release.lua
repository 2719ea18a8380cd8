-- Debts that no longer stand are dropped, and a turn may end without a post.
-- KEYS    1 lanes · 2 lanes:claims · 3 lane · 4 owed · 5 told · 6 deliveries:dead
-- ARGV    1 now ms · 2 lane · 3 token · 4 "drop": the turn goes on while something is owed · or "release"
--         5 lane's life ms · 6 prefix of delivery keys
--         7.. for drop: subject, seq, id of the delivery that would tell this alone; and so on
-- RETURNS 1 · 0 the token is stale: nothing is written
local lanes, claims, lane_key, owed, told = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, lane = tonumber(ARGV[1]), ARGV[2]
if not held(claims, lane, ARGV[3]) then return 0 end

local function bury(id)
  local delivery = ARGV[6] .. id
  redis.call('HSET', delivery, 'state', 'dead', 'updated_at', ARGV[1])
  redis.call('ZADD', KEYS[6], redis.call('HGET', delivery, 'created_at') or ARGV[1], id)
end

local dropped = {}
for i = 7, #ARGV, 3 do
  dropped[ARGV[i]] = true
  if redis.call('HGET', owed, ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', owed, ARGV[i]) end
  if redis.call('HGET', ARGV[6] .. ARGV[i + 2], 'state') == 'owed' then bury(ARGV[i + 2]) end
end

-- a post of unknown fate is given up only with all that it told
local function give_up(sending)
  for _, pair in ipairs(sending.pairs) do
    if not dropped[pair[1]] then return end
  end
  redis.call('HDEL', lane_key, 'sending', 'attempt')
  bury(sending.id)
end

local text = redis.call('HGET', lane_key, 'sending')
if text then give_up(cjson.decode(text)) end

local open = redis.call('EXISTS', owed) == 1 or redis.call('HEXISTS', lane_key, 'sending') == 1
if open and ARGV[4] == 'drop' then return 1 end
redis.call('HDEL', claims, lane)
if open then
  local not_before = tonumber(redis.call('HGET', lane_key, 'not_before') or '0')
  redis.call('ZADD', lanes, string.format('%.0f', math.max(now, not_before)), lane)
else
  local refused = redis.call('HGET', lane_key, 'refused')
  if refused and redis.call('HGET', ARGV[6] .. refused, 'state') == 'owed' then bury(refused) end
  redis.call('HDEL', lane_key, 'refused', 'put_off')
  redis.call('ZREM', lanes, lane)
  redis.call('PEXPIRE', lane_key, ARGV[5])
  redis.call('PEXPIRE', told, ARGV[5])
end
return 1
