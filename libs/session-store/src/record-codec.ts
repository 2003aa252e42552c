// Records as they lie in the bucket: JSON, checked both ways. Fields of a newer version are kept.
import { idSchema } from '@vana/events';
import { REVOCATION_KINDS, RUN_STATUSES, type Revocation, type RunRecord, type SessionRecord } from '@vana/run-state';
import { z } from 'zod';

export interface RecordCodec<Rec> {
  /** @throws when the record does not have its shape: it must not get into the bucket, nobody could read it */
  encode(record: Rec): string;
  /** `undefined` for anything that is not such a record. */
  decode(text: string): Rec | undefined;
}

const milliseconds = z.number().nonnegative();

const sessionSchema = z.looseObject({
  tenant: idSchema,
  sessionId: idSchema,
  owner: z.string().min(1),
  readers: z.array(z.string()),
  title: z.string(),
  activeRunId: idSchema.exactOptional(),
  createdAtMs: milliseconds,
  updatedAtMs: milliseconds,
  deletedAtMs: milliseconds.exactOptional(),
});

const runSchema = z.looseObject({
  tenant: idSchema,
  runId: idSchema,
  sessionId: idSchema,
  owner: z.string().min(1),
  query: z.string(),
  status: z.enum(RUN_STATUSES),
  cancelRequested: z.boolean(),
  idempotencyKey: z.string().exactOptional(),
  createdAtMs: milliseconds,
  startedAtMs: milliseconds.exactOptional(),
  endedAtMs: milliseconds.exactOptional(),
  claimedBy: z.string().exactOptional(),
  leaseUntilMs: milliseconds.exactOptional(),
  attempts: z.number().int().nonnegative().exactOptional(),
  worker: z.literal('outside').exactOptional(),
  regenerates: z.string().exactOptional(),
  retryOf: idSchema.exactOptional(),
  reason: z.string().exactOptional(),
});

const revocationSchema = z.looseObject({
  tenant: idSchema,
  kind: z.enum(REVOCATION_KINDS),
  id: z.string().min(1),
  revokedAtMs: milliseconds,
  expiresAtMs: milliseconds,
});

function codecOf<Rec>(schema: z.ZodType<Rec>): RecordCodec<Rec> {
  return {
    // Through JSON first: `{ reason: undefined }` is a record without a reason.
    encode: (record) => {
      const text = JSON.stringify(record);
      schema.parse(JSON.parse(text));
      return text;
    },
    decode: (text) => {
      try {
        return schema.safeParse(JSON.parse(text)).data;
      } catch {
        return undefined;
      }
    },
  };
}

export const sessionCodec: RecordCodec<SessionRecord> = codecOf(sessionSchema);
export const runCodec: RecordCodec<RunRecord> = codecOf(runSchema);
export const revocationCodec: RecordCodec<Revocation> = codecOf(revocationSchema);
