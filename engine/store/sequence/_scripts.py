"""What Redis does in one step, in Lua.

Keys:
- `leader` holds the worker that writes.
- `state` holds the sequence's epoch, its first and last places, and when a leader last renewed its lease.
- `live` holds all messages of the last seconds.
- `log` holds the messages of the last minutes that newer ones do not replace.
- `newest` holds the last message of each channel whose messages replace each other.
- `reached` holds the open time of the last candle that each channel has reported as closed or missing.
- `wanted` holds the channels that workers want, each with the time when its wish expires.
"""

ELECT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 5, #ARGV do redis.call('ZADD', KEYS[7], now + ARGV[4], ARGV[i]) end
local holder = redis.call('GET', KEYS[1])
local leads = not holder or holder == ARGV[1]
local state = redis.call('HMGET', KEYS[2], 'epoch', 'begins', 'last', 'served')
if redis.call('EXISTS', KEYS[2], KEYS[3], KEYS[4]) < 3 then state = {false, false, false, false} end
local channels = {}
if leads then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  if state[1] then redis.call('HSET', KEYS[2], 'served', now) end
  redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', now)
  channels = redis.call('ZRANGE', KEYS[7], 0, -1)
  for i = 2, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
end
return {leads and 1 or 0, state[1], state[2], state[3], state[4] and now - state[4], channels}
"""
"""Take or renew the lease, and renew the wanted channels.

Arguments: the worker, the lifetimes of the lease, of the keys and of a wish in milliseconds, and the wanted
channels.
"""

BEGIN = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'not the leader' end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
local time = redis.call('TIME')
local served = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], 'epoch', ARGV[2], 'begins', ARGV[3], 'last', ARGV[3], 'served', served)
local seeds, kept, fields = tonumber(ARGV[5]), 0, {}
for i = 6, 5 + 4 * seeds, 4 do
  if ARGV[i] == 'newest' then
    redis.call('HSET', KEYS[5], ARGV[i + 1], ARGV[i + 3])
  else
    fields[#fields + 1] = tostring(#fields)
    fields[#fields + 1] = ARGV[i + 3]
    if #fields >= 1000 then
      kept = kept + 1
      redis.call('XADD', KEYS[4], ARGV[4] .. '-' .. kept, unpack(fields))
      fields = {}
    end
  end
end
redis.call('XADD', KEYS[4], ARGV[3], 'after', '', unpack(fields))
redis.call('XADD', KEYS[3], ARGV[3], 'after', '')
for i = 6 + 4 * seeds, #ARGV, 2 do redis.call('HSET', KEYS[6], ARGV[i], ARGV[i + 1]) end
for i = 2, 6 do redis.call('PEXPIRE', KEYS[i], 3600000) end
return 'done'
"""
"""Begin another sequence.

Arguments: the worker, the epoch, its first place, the millisecond before it, the number of earlier messages,
these messages as for APPEND, and each channel followed by the open time of its last candle that is
reported as closed or missing (empty for none).
"""

APPEND = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'not the leader' end
local state = redis.call('HMGET', KEYS[2], 'epoch', 'last')
if state[1] ~= ARGV[2] then return 'another epoch' end
if redis.call('EXISTS', KEYS[3], KEYS[4]) < 2 then return 'messages are lost' end
if state[2] == ARGV[4] then return 'done' end
if state[2] ~= ARGV[3] then return 'another place' end
local live, log = {'after', ARGV[3]}, {}
for i = 7, #ARGV, 4 do
  local mark, channel, reached, data = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  live[#live + 1] = tostring(#live)
  live[#live + 1] = data
  if mark == 'kept' then
    log[#log + 1] = tostring(#log)
    log[#log + 1] = data
  elseif mark == 'newest' then
    redis.call('HSET', KEYS[5], channel, data)
  else
    redis.call('HDEL', mark == 'ended' and KEYS[5] or KEYS[6], channel)
  end
  if reached ~= '' then redis.call('HSET', KEYS[6], channel, reached) end
end
redis.call('XADD', KEYS[3], 'MINID', '~', ARGV[5], ARGV[4], unpack(live))
if #log > 0 then redis.call('XADD', KEYS[4], 'MINID', '~', ARGV[6], ARGV[4], unpack(log)) end
redis.call('HSET', KEYS[2], 'last', ARGV[4])
return 'done'
"""
"""Append messages, unless another worker leads or has appended others.

Arguments: the worker, the epoch, the place before the messages, the last place, the oldest places to keep in
`live` and `log`, and four for each message: its mark, its channel, the open time of the last candle that is
reported as closed or missing (empty for none), and its bytes.
"""

ROOM = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local most, kinds, new = tonumber(ARGV[1]), {}, 0
for i = 3, 2 + ARGV[2] do kinds[ARGV[i]] = true end
for i = 3 + ARGV[2], #ARGV do
  if not redis.call('ZSCORE', KEYS[1], ARGV[i]) then new = new + 1 end
end
if new == 0 or redis.call('ZCARD', KEYS[1]) + new <= most then return 1 end
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if kinds[string.match(name, '^[^:]*')] then new = new + 1 end
end
return new <= most and 1 or 0
"""
"""Check whether channels may be added to the wanted ones of some kinds. A kind is the start of a name.

Key: `wanted`. Arguments: the limit, the number of kinds, the kinds, and the channels to add.
"""

RESIGN = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
"""Give the lease back. Argument: the worker."""

BEAT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('PEXPIRE', KEYS[1], 3600000)
return redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
"""
"""Renew a worker's heartbeat, and return 1 for a new worker. Arguments: the worker, and milliseconds."""

WRITE = """
redis.call('ZREM', KEYS[1], ARGV[1])
for i = 2, #KEYS do
  redis.call('HSET', KEYS[i], ARGV[2], ARGV[i + 2])
  redis.call('PEXPIRE', KEYS[i], ARGV[3])
end
"""
"""Write all places of a worker under a new name. Keys: the workers, and the owners.

Arguments: the old name, the new name, the lifetime of the counts in milliseconds, and the counts.
"""

TAKE = """
local count = 0
local each = redis.call('HGETALL', KEYS[2])
for i = 1, #each, 2 do
  if redis.call('ZSCORE', KEYS[1], each[i]) then
    count = count + each[i + 1]
  else
    redis.call('HDEL', KEYS[2], each[i])
  end
end
if ARGV[3] ~= '0' and count < tonumber(ARGV[2]) then
  redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return count
"""
"""Count an owner's places at live workers, and take another one if there are fewer than the limit.

Arguments: the worker, the limit, and the lifetime of the count in milliseconds, 0 to take none.
"""
