import { FakeClock, presenceContract } from '@vana/test-kit';
import { InMemoryPresence } from './in-memory-presence.js';

presenceContract('in-memory', async () => {
  const clock = new FakeClock();
  const presence = new InMemoryPresence({ schedule: (delayMs, task) => clock.schedule(delayMs, task) });
  return {
    pod: presence,
    watcher: presence,
    advance: (ms) => clock.advance(ms),
    close: async () => undefined,
  };
});
