// A value as JSON in UTF-8: the bytes, or how many they would be.
import { VanaError } from './vana-error.js';

/** @throws VanaError invalid_event for what JSON cannot express (cycles, bigints) */
export function encodedJson(value: object): Uint8Array {
  return Buffer.from(toJson(value));
}

/** Bytes of `encodedJson` without making them. @throws as encodedJson */
export function encodedSize(value: object): number {
  return Buffer.byteLength(toJson(value));
}

/** @throws VanaError event_too_large (details.bytes, details.limit) */
export function refuseAbove(bytes: number, limit: number): void {
  if (bytes > limit) throw new VanaError('event_too_large', { details: { bytes, limit } });
}

function toJson(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new VanaError('invalid_event', { details: { fields: [{ field: 'data', problem: 'is not JSON' }] }, cause });
  }
}
