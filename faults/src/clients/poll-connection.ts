// Long-polling: the same blocks and positions without a stream.
import { addressOf, type Connect, type SseTarget } from './sse-target.js';

const WAIT_S = 2;

interface PollAnswer {
  readonly events: readonly { readonly id: string; readonly event: string; readonly data: object }[];
  readonly cursor: string;
  readonly caught_up: boolean;
}

export const pollConnection: Connect = (target, position, listener) => {
  const abort = new AbortController();
  const poll = async (): Promise<void> => {
    for (let cursor = position; ;) {
      const response = await ask(target, cursor, abort.signal);
      if (response.status !== 200) {
        await response.body?.cancel();
        return listener.ended({ refused: response.status });
      }
      const answer = (await response.json()) as PollAnswer;
      for (const { id, event, data } of answer.events) {
        listener.block({ type: event, id, data: JSON.stringify(data), atMs: performance.now() });
      }
      cursor = answer.cursor;
    }
  };
  poll().catch(() => {
    if (!abort.signal.aborted) listener.ended('broken');
  });
  return { close: () => abort.abort() };
};

function ask(target: SseTarget, cursor: string | undefined, signal: AbortSignal): Promise<Response> {
  const query = { wait: String(WAIT_S), ...(cursor === undefined ? {} : { cursor }) };
  return fetch(addressOf(target, query), { headers: { authorization: `Bearer ${target.token}` }, signal });
}
