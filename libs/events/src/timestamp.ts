// Times in JSON: for people and logs. Nothing is ordered or expired by them.
import { z } from 'zod';

/** ISO 8601 UTC, e.g. 2026-01-31T12:00:00.000Z. */
export const timestampSchema = z.iso.datetime();
