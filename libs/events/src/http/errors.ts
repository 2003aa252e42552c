// The JSON body of every error answer.
import { z } from 'zod';
import { ERROR_CATEGORIES, ERROR_CODES, type ErrorCode } from '../error-codes.js';

export const errorBodySchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
    category: z.enum(ERROR_CATEGORIES),
    message: z.string(),
    /** Whether the same request can succeed later. */
    retryable: z.boolean(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});
