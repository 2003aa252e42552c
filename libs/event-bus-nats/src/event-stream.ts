// The bus stream that holds all events: made once, checked at every start.
import { EVENT_STREAM, EVENT_SUBJECT_FILTER, LIVE_SUBJECT_TRANSFORM, MAX_EVENT_BYTES, VanaError } from '@vana/events';
import {
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { orBusUnavailable } from './bus-unavailable.js';

export interface EventStreamOptions {
  /** 1, 3 or 5. Default 1. */
  readonly replicas?: number;
  /** SESSION_RETENTION. Default 24 h. */
  readonly maxAgeMs?: number;
  /** Default and least value 100,000. */
  readonly maxMessagesPerSession?: number;
  /** Bytes of the whole stream; the oldest events of all sessions go first. Default: no limit of its own. */
  readonly maxBytes?: number;
  /** Default file. Cannot be changed later. */
  readonly storage?: 'file' | 'memory';
  /** How long the server remembers event ids for dedupe. Default 2 min. */
  readonly duplicateWindowMs?: number;
}

const MIN_MESSAGES_PER_SESSION = 100_000;
const HEADER_ALLOWANCE = 16 * 1024;
const STREAM_NAME_IN_USE = 10058;

/**
 * Makes the bus stream, or updates those of its settings that are given and differ.
 * @throws VanaError stream_mismatch when it exists with settings that cannot be changed, bus_unavailable
 */
export async function ensureEventStream(nc: NatsConnection, options: EventStreamOptions = {}): Promise<void> {
  await orBusUnavailable(async () => {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const existing = await findOrMake(jsm, options);
    if (!existing) return;
    checkFixedSettings(existing.config, options);
    const changes = changedSettings(existing.config, options);
    if (Object.keys(changes).length > 0) await jsm.streams.update(EVENT_STREAM, changes);
  });
}

/** `undefined` when it was made just now with all the settings wanted. */
async function findOrMake(jsm: JetStreamManager, options: EventStreamOptions): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(EVENT_STREAM);
  } catch (error) {
    if (!hasCode(error, JetStreamApiCodes.StreamNotFound)) throw error;
  }
  try {
    const wanted = { ...defaultSettings, ...settings(options) };
    await jsm.streams.add({ name: EVENT_STREAM, ...fixedSettings(options), ...withWindow(wanted) });
    return undefined;
  } catch (error) {
    // Another service was faster, with other settings.
    if (hasCode(error, STREAM_NAME_IN_USE)) return jsm.streams.info(EVENT_STREAM);
    throw error;
  }
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}

function fixedSettings({ storage }: EventStreamOptions): Partial<StreamConfig> {
  return {
    subjects: [EVENT_SUBJECT_FILTER],
    republish: { src: EVENT_SUBJECT_FILTER, dest: LIVE_SUBJECT_TRANSFORM },
    storage: storage ?? 'file',
    retention: 'limits',
  };
}

const defaultSettings: Partial<StreamConfig> = {
  discard: 'old',
  allow_direct: true,
  deny_purge: false,
  max_msg_size: MAX_EVENT_BYTES + HEADER_ALLOWANCE,
  num_replicas: 1,
  max_age: nanos(24 * 3_600_000),
  max_msgs_per_subject: MIN_MESSAGES_PER_SESSION,
  duplicate_window: nanos(120_000),
};

/** Only what the caller gave: what an operator has tuned by hand stays. */
function settings(options: EventStreamOptions): Partial<StreamConfig> {
  const { replicas, maxAgeMs, maxMessagesPerSession, maxBytes, duplicateWindowMs } = options;
  return {
    ...(replicas === undefined ? {} : { num_replicas: replicas }),
    ...(maxAgeMs === undefined ? {} : { max_age: nanos(maxAgeMs) }),
    ...(maxMessagesPerSession === undefined
      ? {}
      : { max_msgs_per_subject: Math.max(MIN_MESSAGES_PER_SESSION, maxMessagesPerSession) }),
    ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }),
    ...(duplicateWindowMs === undefined ? {} : { duplicate_window: nanos(duplicateWindowMs) }),
  };
}

function checkFixedSettings(config: StreamConfig, options: EventStreamOptions): void {
  const { republish, subjects, storage } = config;
  const wrong = [
    ...(republish?.src === EVENT_SUBJECT_FILTER && republish.dest === LIVE_SUBJECT_TRANSFORM && !republish.headers_only
      ? []
      : ['republish']),
    ...(subjects.length === 1 && subjects[0] === EVENT_SUBJECT_FILTER ? [] : ['subjects']),
    ...(options.storage === undefined || options.storage === storage ? [] : ['storage']),
  ];
  if (wrong.length > 0) throw new VanaError('stream_mismatch', { details: { stream: EVENT_STREAM, settings: wrong } });
}

/** The server refuses to remember ids for longer than it keeps messages. */
function withWindow(wanted: Partial<StreamConfig>): Partial<StreamConfig> {
  const { max_age: age = 0, duplicate_window: window = 0 } = wanted;
  return age > 0 && age < window ? { ...wanted, duplicate_window: age } : wanted;
}

function changedSettings(config: StreamConfig, options: EventStreamOptions): Partial<StreamConfig> {
  const { max_age, duplicate_window } = config;
  const wanted = withWindow({ allow_direct: true, max_age, duplicate_window, ...settings(options) });
  const current = config as unknown as Record<string, unknown>;
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => current[key] !== value));
}
