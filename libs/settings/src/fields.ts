// Fields of a settings schema. Each takes the default, reads text and gives a number or a boolean.
import { z } from 'zod';

/** Node's timers take at most this many milliseconds; with more they fire at once. */
const MAX_TIMER_MS = 2_147_483_647;
const MAX_TIMER_S = Math.floor(MAX_TIMER_MS / 1000);

function numberBetween(pattern: RegExp, kind: string, least: number, most: number) {
  return z.string().transform((text, context) => {
    const value = Number(text);
    if (pattern.test(text.trim()) && value >= least && value <= most) return value;
    context.addIssue({ code: 'custom', message: `must be ${kind} from ${least} to ${most}` });
    return z.NEVER;
  });
}

const whole = (least: number, most: number) => numberBetween(/^\d+$/, 'a whole number', least, most);

/** TCP port; 0 lets the system choose. */
export const portNumber = (fallback: number) => whole(0, 65_535).default(fallback);

/** Whole number of things. */
export const count = (fallback: number, least = 1) => whole(least, Number.MAX_SAFE_INTEGER).default(fallback);

/** Duration in whole milliseconds, short enough for a timer. */
export const milliseconds = (fallback: number, least = 1) => whole(least, MAX_TIMER_MS).default(fallback);

/** Duration in seconds, fractions allowed; pass `most` for ages that no timer waits for, `least` 0 for "not at all". */
export const seconds = (fallback: number, most = MAX_TIMER_S, least = 0.001) =>
  numberBetween(/^\d+(\.\d+)?$/, 'a number of seconds', least, most).default(fallback);

/** Duration in seconds of which 0 means that there is none. */
export const secondsOrNone = (fallback: number) => seconds(fallback, MAX_TIMER_S, 0);

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

/** true, yes, on, 1 or false, no, off, 0; letter case does not matter. */
export const flag = (fallback: boolean) =>
  z
    .string()
    .transform((text, context) => {
      const name = text.trim().toLowerCase();
      if (Object.hasOwn(FLAGS, name)) return FLAGS[name] === true;
      context.addIssue({ code: 'custom', message: 'must be true or false' });
      return z.NEVER;
    })
    .default(fallback);
