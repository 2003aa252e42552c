// The work queue on JetStream: one subject per run, published with the expectation that it is empty, so that a run
// has one message at most however often it is added; one durable pull consumer that all orchestrators share.
import { RUN_QUEUE_FILTER, RUN_QUEUE_STREAM, VanaError, isValidId, runQueueSubject } from '@vana/events';
import { queuedRunKey, type QueuedRun, type RunDelivery, type RunQueue } from '@vana/run-state';
import {
  AckPolicy,
  JetStreamApiError,
  RetentionPolicy,
  jetstream,
  jetstreamManager,
  type Consumer,
  type ConsumerConfig,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { isWrongRevision } from './store-errors.js';

export interface NatsRunQueueOptions {
  /** After that long without `working` a notice goes to another worker. Default 15,000. */
  readonly patienceMs?: number;
  /** Copies of the stream when it is created here. Default 1. */
  readonly replicas?: 1 | 3;
}

const CONSUMER = 'orchestrators';
/** A pull ends by itself and is made anew, so that one the server has forgotten costs this long at most. */
const PULL_MS = 5_000;
/** Notices in hands and given back; above it none is handed out. */
const MAX_OUT = 20_000;
const STREAM_NAME_IN_USE = 10058;

export class NatsRunQueue implements RunQueue {
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  readonly #consumer: Consumer;

  private constructor(js: JetStreamClient, jsm: JetStreamManager, consumer: Consumer) {
    this.#js = js;
    this.#jsm = jsm;
    this.#consumer = consumer;
  }

  /** Makes stream and consumer, or takes those that are there. @throws VanaError bus_unavailable */
  static async open(nc: NatsConnection, options: NatsRunQueueOptions = {}): Promise<NatsRunQueue> {
    return atBus(async () => {
      const jsm = await jetstreamManager(nc, { checkAPI: false });
      await ensureStream(jsm, options.replicas ?? 1);
      const config: Partial<ConsumerConfig> = {
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(options.patienceMs ?? 15_000),
        max_ack_pending: MAX_OUT,
        // How often a run is tried stands in its record: a notice also comes again because nobody was free.
        max_deliver: -1,
      };
      await jsm.consumers.add(RUN_QUEUE_STREAM, { durable_name: CONSUMER, ...config });
      const js = jetstream(nc);
      return new NatsRunQueue(js, jsm, await js.consumers.get(RUN_QUEUE_STREAM, CONSUMER));
    });
  }

  async add({ tenant, runId }: QueuedRun): Promise<void> {
    if (!isValidId(tenant) || !isValidId(runId)) throw new VanaError('invalid_run_id');
    await atBus(async () => {
      try {
        await this.#js.publish(runQueueSubject(tenant, runId), '', { expect: { lastSubjectSequence: 0 } });
      } catch (error) {
        if (!isWrongRevision(error)) throw error;
      }
    });
  }

  async next(signal: AbortSignal): Promise<RunDelivery | undefined> {
    while (!signal.aborted) {
      const message = await atBus(() => this.#pull(signal));
      const delivery = message && deliveryOf(message);
      if (delivery) return delivery;
      // Not one of ours: nobody could work on it.
      message?.term();
    }
    return undefined;
  }

  async held(): Promise<ReadonlySet<string>> {
    return atBus(async () => {
      const { state } = await this.#jsm.streams.info(RUN_QUEUE_STREAM, { subjects_filter: RUN_QUEUE_FILTER });
      return new Set(Object.keys(state.subjects ?? {}).map((subject) => queuedRunKey(runOf(subject))));
    });
  }

  /** A message that comes after the abort goes back at once. */
  #pull(signal: AbortSignal): Promise<JsMsg | null> {
    return new Promise((resolve, reject) => {
      const abort = (): void => resolve(null);
      signal.addEventListener('abort', abort, { once: true });
      this.#consumer
        .next({ expires: PULL_MS })
        .then((message) => {
          if (signal.aborted) message?.nak();
          else resolve(message);
        }, reject)
        .finally(() => signal.removeEventListener('abort', abort));
    });
  }
}

/** One that is there already, perhaps with other copies, is taken as it is. */
async function ensureStream(jsm: JetStreamManager, replicas: number): Promise<void> {
  try {
    await jsm.streams.add({
      name: RUN_QUEUE_STREAM,
      subjects: [RUN_QUEUE_FILTER],
      retention: RetentionPolicy.Workqueue,
      num_replicas: replicas,
    });
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NAME_IN_USE) throw error;
  }
}

function runOf(subject: string): QueuedRun {
  const [tenant = '', runId = ''] = subject.split('.').slice(-2);
  return { tenant, runId };
}

function deliveryOf(message: JsMsg): RunDelivery | undefined {
  const run = runOf(message.subject);
  if (!isValidId(run.tenant) || !isValidId(run.runId)) return undefined;
  return {
    ...run,
    working: () => quietly(() => message.working()),
    done: () =>
      atBus(async () => {
        if (!(await message.ackAck())) throw new Error('the acknowledgement was not confirmed');
      }),
    giveBack: (delayMs) => quietly(() => message.nak(delayMs > 0 ? delayMs : undefined)),
  };
}

/** On a closed connection: the notice comes again by itself. */
function quietly(send: () => void): void {
  try {
    send();
  } catch {
    return;
  }
}

async function atBus<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof VanaError ? error : new VanaError('bus_unavailable', { cause: error });
  }
}
