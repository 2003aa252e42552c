// Whose limit a request counts against.
import type { Principal } from '@vana/events';
import { addressKey } from './address-key.js';

/** Nobody (demo mode) can be somebody else with every request: its address counts. */
export function limitKey({ tenant, id, anonymous }: Principal, address: string): string {
  // A tenant has neither a dot nor an at sign, so the keys are unambiguous.
  return anonymous === true ? `@${addressKey(address)}` : `${tenant}.${id}`;
}
