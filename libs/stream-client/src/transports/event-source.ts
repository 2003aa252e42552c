// The browser's own EventSource: for pages whose cookie authenticates and that want no fetch streaming.
// It tells nothing of refusals, hides comments, and has to be told every event name.
import type { ControlBlock, EventType } from '@vana/events';
import { StreamError } from '../states.js';
import type { Transport } from './transport.js';

/** Compared with the registry of event kinds by a spec. */
export const STREAM_TYPES = [
  'agent_network_update',
  'agent_network_snapshot',
  'agent_start',
  'agent_complete',
  'agent_progress',
  'agent_substep',
  'thinking_update',
  'research_queued',
  'research_started',
  'research_resumed',
  'research_progress',
  'research_sources',
  'research_complete',
  'message_chunk',
  'message_complete',
  'message_regenerating',
  'regeneration_progress',
  'message_regenerated',
  'regeneration_error',
  'message_edited',
  'message_deleted',
  'feedback_submitted',
  'thought_process_start',
  'thought_process_step',
  'thought_process_complete',
  'session_updated',
] as const satisfies readonly EventType[];

const CONTROL = [
  'agent_network_connection',
  'heartbeat',
  'gap',
  'caught_up',
  'delivery',
  'closing',
  'end',
] as const satisfies readonly ControlBlock['type'][];

/** `error` events come under this name: a native EventSource has an `error` event of its own. */
const ERROR_EVENT = 'run_error';

/** @param outsideTypes names of outside agents' events (`x.<vendor>.<name>`) that are to be heard */
export function eventSourceTransport(outsideTypes: readonly string[] = []): Transport {
  return (given, sink) =>
    new Promise((resolve, reject) => {
      const url = new URL(given.url);
      if (given.position !== undefined) url.searchParams.set('lastEventId', given.position);
      url.searchParams.set('error_event', ERROR_EVENT);
      const source = new EventSource(url, { withCredentials: given.withCredentials });
      const close = (): void => {
        source.close();
        given.signal.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        close();
        resolve('broken');
      };
      given.signal.addEventListener('abort', abort);
      source.onopen = () => {
        sink.opened();
        sink.alive();
      };
      // It would reconnect by itself; one place decides when and with which position.
      source.onerror = () => {
        const refused = source.readyState === source.CLOSED;
        close();
        if (refused) reject(new StreamError('connection', 'The server refused the stream.'));
        else resolve('broken');
      };
      const listen = (name: string, type: string): void => {
        source.addEventListener(name, (event) => {
          const { lastEventId: id, data } = event as MessageEvent<string>;
          sink.alive();
          sink.message({ type, id, data });
        });
      };
      for (const type of ['message', ...STREAM_TYPES, ...CONTROL, ...outsideTypes]) listen(type, type);
      listen(ERROR_EVENT, 'error');
    });
}
