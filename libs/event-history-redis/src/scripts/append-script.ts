// The one write operation on a session's history. It is Lua inside a TypeScript file, not a `.lua` file beside
// it: the compiler copies no other files, so this way it is the same from `dist`, under jest and in an image.

/** Counted per entry on top of its event: field names, ids and numbers, roughly as Redis keeps them. */
export const ENTRY_OVERHEAD_BYTES = 64;

/**
 * Adds chained entries to a session's stream, in one step.
 *
 * KEYS[1] the session's stream. ARGV: most entries, most bytes, time to live (ms), then for each entry:
 * seq, prev, stored time (ms), event (JSON). Entries are `<seq>-0` with fields prev, storedAt, start, event;
 * `start` is the number of bytes appended before the entry since the key was made, so that the size of any
 * range is a subtraction.
 *
 * 1. An entry at or before the tail is skipped. Sequences are compared as canonical decimal strings (length,
 *    then text): Lua's numbers are doubles.
 * 2. An entry whose prev is not the tail drops the key and starts it anew: what is stored is always chained.
 *    A tail that was not written by this script (or a key of another type) counts as no tail.
 * 3. Trims to the entry count, then to the bytes; the newest entry always stays.
 * 4. Renews the time to live, also when nothing was added: somebody is following the session.
 *
 * Returns the number of entries added.
 */
export const APPEND_SCRIPT = `
local key = KEYS[1]
local maxEntries, maxBytes, ttlMs = ARGV[1], tonumber(ARGV[2]), ARGV[3]

local function later(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end

local function field(entry, name)
  for i = 1, #entry[2], 2 do
    if entry[2][i] == name then return entry[2][i + 1] end
  end
  return nil
end

local function size(event)
  return #event + ${ENTRY_OVERHEAD_BYTES}
end

local tail, written = nil, 0
local last = redis.pcall('XREVRANGE', key, '+', '-', 'COUNT', 1)
if not last.err and last[1] then
  local start, event = tonumber(field(last[1], 'start')), field(last[1], 'event')
  if start and event then
    tail = string.match(last[1][1], '^(%d+)-0$')
    written = start + size(event)
  end
end
if not tail then
  redis.call('DEL', key)
  written = 0
end

local added = 0
for i = 4, #ARGV, 4 do
  local seq, prev, storedAt, event = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if not tail or later(seq, tail) then
    if tail and prev ~= tail then
      redis.call('DEL', key)
      written = 0
    end
    local start = string.format('%.0f', written)
    redis.call('XADD', key, seq .. '-0', 'prev', prev, 'storedAt', storedAt, 'start', start, 'event', event)
    written = written + size(event)
    tail = seq
    added = added + 1
  end
end

if added > 0 then
  redis.call('XTRIM', key, 'MAXLEN', '=', maxEntries)
  local newest, keepFrom = tail .. '-0', nil
  while not keepFrom do
    local oldest = redis.call('XRANGE', key, '-', '+', 'COUNT', 16)
    for _, entry in ipairs(oldest) do
      local start = tonumber(field(entry, 'start'))
      if entry[1] == newest or (start and written - start <= maxBytes) then
        keepFrom = entry[1]
        break
      end
    end
    redis.call('XTRIM', key, 'MINID', '=', keepFrom or oldest[#oldest][1])
  end
end
redis.call('PEXPIRE', key, ttlMs)
return added
`;
