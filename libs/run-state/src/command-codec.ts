// How a command's answer crosses a process boundary: the value, or the error as its public body.
import { VanaError, type ErrorBody } from '@vana/events';

export type CommandReply<T> =
  { readonly ok: true; readonly value?: T } | { readonly ok: false; readonly error: ErrorBody };

/**
 * Runs a command and packs its outcome. Faults that are no VanaError become `internal`, without details:
 * `onFault` gets them for the log.
 */
export async function encodeReply<T>(
  command: () => Promise<T>,
  onFault: (error: unknown) => void = () => undefined,
): Promise<CommandReply<T>> {
  try {
    return { ok: true, value: await command() };
  } catch (error) {
    if (error instanceof VanaError) return { ok: false, error: error.toBody() };
    onFault(error);
    return { ok: false, error: new VanaError('internal').toBody() };
  }
}

/**
 * Unpacks a reply; the value's type is the answering command's.
 * @throws VanaError the command's own error; `internal` for anything that is not a reply
 */
export function decodeReply<T>(reply: unknown): T {
  if (typeof reply !== 'object' || reply === null || !('ok' in reply)) throw new VanaError('internal');
  if (reply.ok === true) return ('value' in reply ? reply.value : undefined) as T;
  if ('error' in reply && isErrorBody(reply.error)) throw VanaError.fromBody(reply.error);
  throw new VanaError('internal');
}

function isErrorBody(value: unknown): value is ErrorBody {
  if (typeof value !== 'object' || value === null || !('error' in value)) return false;
  const { error } = value;
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}
