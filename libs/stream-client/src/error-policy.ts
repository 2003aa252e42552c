// What follows an error: one policy per category.
import type { StreamError } from './states.js';

/** `wait`: another attempt after a pause. `refresh`: at once, with a fresh token. `stop`: only the user can help. */
export type NextStep = 'wait' | 'refresh' | 'stop';

/** @param canRefresh there is a fresher token to be had than the one that was refused */
export function afterError(error: StreamError, canRefresh: boolean): NextStep {
  switch (error.category) {
    case 'authentication':
      return canRefresh ? 'refresh' : 'stop';
    case 'authorization':
      return 'stop';
    case 'connection':
    case 'stream':
    case 'parsing':
    case 'timeout':
    case 'rate_limit':
      return 'wait';
  }
}
