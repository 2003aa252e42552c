// History of a pod that has no Redis: empty. The feeds' rings are the cache in the pod already; what they
// do not cover is read from the log.
import type { EventHistory } from '@vana/stream-core';

export const NO_EVENT_HISTORY: EventHistory = {
  read: async () => [],
  readBackward: async () => [],
  append: async () => undefined,
  drop: async () => undefined,
};
