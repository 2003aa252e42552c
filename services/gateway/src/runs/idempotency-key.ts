// The `Idempotency-Key` header: with it a start that is repeated gives the run that the first one made.
import { VanaError } from '@vana/events';

/** 1..255 visible ASCII characters. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** @throws VanaError invalid_header */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (!KEY.test(header)) throw new VanaError('invalid_header', { details: { header: 'Idempotency-Key' } });
  return header;
}
