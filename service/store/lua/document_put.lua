-- Write or delete a document that people registered, if it is still what was read; with its lists and its arming.
-- KEYS    1 document · 2 list of its kind · 3 index it leaves or "" · 4 index it enters or ""
--         5 instance to make if missing or "" · 6 due · 7 due:claims · 8 revisions that are not used again or ""
-- ARGV    1 now ms · 2 id · 3 the document as it was read, "" when there was none · 4 the new one, "" to delete
--         5 created ms · 6 member to arm or "" · 7 when ms · 8 the revision that was the last one of what is deleted
--         9.. fields of the instance to make
-- RETURNS 1 · 0 somebody else wrote it meanwhile: read it again
local id, blob = ARGV[2], ARGV[4]
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[3] then return 0 end

if KEYS[3] ~= '' then redis.call('SREM', KEYS[3], id) end
if blob == '' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], id)
  if KEYS[8] ~= '' then redis.call('HSET', KEYS[8], id, ARGV[8]) end
  return 1
end

redis.call('SET', KEYS[1], blob)
redis.call('ZADD', KEYS[2], 'NX', ARGV[5], id)
if KEYS[4] ~= '' then redis.call('SADD', KEYS[4], id) end
if KEYS[5] ~= '' and redis.call('EXISTS', KEYS[5]) == 0 then redis.call('HSET', KEYS[5], unpack(ARGV, 9)) end
if ARGV[6] ~= '' then arm(KEYS[6], KEYS[7], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[1])) end
return 1
