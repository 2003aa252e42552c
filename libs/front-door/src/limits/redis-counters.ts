// Counters that all pods share, in Redis; each pod counts for itself while Redis does not answer.
import type { Redis } from 'ioredis';
import type { Count, Counters } from './counters.js';

/** A guarded Redis connection (time-out, breaker): `RedisLink` of event-history-redis. */
export interface RedisCommands {
  run<T>(command: (redis: Redis) => Promise<T>): Promise<T>;
}

/** One step, so that a counter never stays without an end. KEYS[1] counter, ARGV[1] window in milliseconds. */
const HIT_SCRIPT = `
local hits = redis.call('INCR', KEYS[1])
local ttl = redis.call('PTTL', KEYS[1])
if ttl < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  ttl = tonumber(ARGV[1])
end
return {hits, ttl}`;

export class RedisCounters implements Counters {
  constructor(
    private readonly redis: RedisCommands,
    private readonly local: Counters,
  ) {}

  async hit(key: string, windowMs: number): Promise<Count> {
    try {
      const answer = await this.redis.run((redis) => redis.eval(HIT_SCRIPT, 1, `vana:limit:${key}`, windowMs));
      const [hits, resetMs] = answer as [number, number];
      return { hits, resetMs };
    } catch {
      return this.local.hit(key, windowMs);
    }
  }
}
