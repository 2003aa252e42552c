// The cache's one write operation. Lua inside a TypeScript file, so that it needs no copying into `dist`.

/**
 * Puts a record into the cache unless a newer one is there: a slow reader's old record must not come after a
 * fast writer's new one.
 *
 * KEYS[1] the record's key. ARGV: revision, record (JSON), time to live (ms). The key is a hash with the
 * fields revision and record. Revisions are compared as canonical decimal strings (length, then text): Lua's
 * numbers are doubles. A key of another type is replaced.
 *
 * Returns 1 when the record was put, else 0.
 */
export const PUT_SCRIPT = `
local key, revision, record, ttlMs = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local held = redis.pcall('HGET', key, 'revision')
if type(held) == 'table' then
  redis.call('DEL', key)
elseif held and (#held > #revision or (#held == #revision and held >= revision)) then
  return 0
end
redis.call('HSET', key, 'revision', revision, 'record', record)
redis.call('PEXPIRE', key, ttlMs)
return 1
`;
