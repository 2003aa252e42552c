// The position of an event: which life of the bus stream (epoch) and where in it (seq).
// It is the SSE id, `<epoch>-<seq>`; `<epoch>-0` means "before the first event".
import { z } from 'zod';

export interface Position {
  /** Short hash of the bus stream's name and creation time; 1..16 characters of [a-z0-9]. */
  readonly epoch: string;
  /** Stream sequence, a safe integer ≥ 0. */
  readonly seq: number;
}

const POSITION_PATTERN = /^([a-z0-9]{1,16})-(0|[1-9][0-9]{0,15})$/;

/** A position in its text form, as it is in SSE ids, cursors and control blocks. */
export const positionSchema = z.string().regex(POSITION_PATTERN, 'must be <epoch>-<sequence>');

export function formatPosition(epoch: string, seq: number): string {
  return `${epoch}-${seq}`;
}

/** `undefined` for anything that is not a position: the caller answers with a `reset`, never with an error. */
export function parsePosition(text: string): Position | undefined {
  const match = POSITION_PATTERN.exec(text);
  if (!match) return undefined;
  const seq = Number(match[2]);
  return Number.isSafeInteger(seq) ? { epoch: match[1]!, seq } : undefined;
}
