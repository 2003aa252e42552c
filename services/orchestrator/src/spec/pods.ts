// For specs: pods over one embedded bus and store. A pod can be frozen, as a dead or sleeping process is: what it
// asks of the bus and the stores waits until it is thawed.
import { VanaError, sessionKeyString, type Principal, type StoredEvent } from '@vana/events';
import { InMemoryBus, InMemoryRunStore, InMemorySessionStore } from '@vana/in-memory';
import { createLogger } from '@vana/observability';
import type { OrchestratorCommands, RunRecord, RunStore, SessionRecord, SessionStore } from '@vana/run-state';
import type { Clock, EventPublisher } from '@vana/stream-core';
import { Registry } from 'prom-client';
import { composeRuns } from '../create-orchestrator.js';
import type { ResearchEngine } from '../engine/research-engine.js';
import { DEFAULT_RUN_LIMITS, type RunLimits } from '../runs/run-limits.js';
import type { RunWorker } from '../runs/run-worker.js';

export const ALICE: Principal = { id: 'alice', tenant: 'default', scopes: ['runs:start'] };
export const BOB: Principal = { id: 'bob', tenant: 'default', scopes: ['runs:start'] };
/** Same id, another tenant. */
export const OTHER_ALICE: Principal = { id: 'alice', tenant: 'other', scopes: ['runs:start'] };

export interface PodOptions {
  readonly engine: ResearchEngine;
  readonly limits?: Partial<RunLimits>;
  /** Called before each publish; what it throws is what the bus answers. `lateFault`: after it was stored. */
  readonly fault?: (event: StoredEvent) => void;
  readonly lateFault?: (event: StoredEvent) => void;
  /** Called before each change of a store. */
  readonly storeFault?: () => void;
  /** Called before each use of the bus or a store, counted from 1: where a crash can be put. */
  readonly onCall?: (pod: Pod, call: number) => void;
  /** Change notices of the stores do not reach the pod. */
  readonly deaf?: boolean;
  /** Lost runs are ended without looking into the log. */
  readonly withoutLog?: boolean;
}

export interface Pod {
  readonly commands: OrchestratorCommands;
  readonly worker: RunWorker;
  readonly registry: Registry;
  freeze(): void;
  thaw(): void;
}

export class Pods {
  readonly bus: InMemoryBus;
  readonly sessions = new InMemorySessionStore();
  readonly runs = new InMemoryRunStore();

  constructor(readonly clock: Clock) {
    this.bus = new InMemoryBus({ now: () => clock.now() });
  }

  pod(options: PodOptions): Pod {
    let thawed = Promise.resolve();
    let wake: (() => void) | undefined;
    let calls = 0;
    const through = async <T>(call: () => Promise<T>): Promise<T> => {
      options.onCall?.(pod, ++calls);
      await thawed;
      return call();
    };
    const heard = <T>(listener: (record: T) => void) => {
      return (record: T): void => (options.deaf || wake ? undefined : listener(record));
    };
    const changed = <T>(call: () => Promise<T>): Promise<T> =>
      through(async () => {
        options.storeFault?.();
        return call();
      });
    const { runs, sessions, bus, clock } = this;
    const publisher: EventPublisher = {
      publish: (session, event) =>
        through(async () => {
          options.fault?.(event);
          const ack = await bus.publisher.publish(session, event);
          options.lateFault?.(event);
          return ack;
        }),
    };
    const podRuns: RunStore = {
      create: (record) => changed(() => runs.create(record)),
      get: (tenant, runId) => through(() => runs.get(tenant, runId)),
      update: (tenant, runId, change) => changed(() => runs.update(tenant, runId, change)),
      listOpen: () => through(() => runs.listOpen()),
      onChange: (listener) => runs.onChange(heard(listener)),
    };
    const podSessions: SessionStore = {
      create: (record) => changed(() => sessions.create(record)),
      get: (key) => through(() => sessions.get(key)),
      update: (key, change) => changed(() => sessions.update(key, change)),
      remove: (key, atMs) => changed(() => sessions.remove(key, atMs)),
      listOwned: (tenant, owner, limit) => through(() => sessions.listOwned(tenant, owner, limit)),
      onChange: (listener) => sessions.onChange(heard(listener)),
    };
    const registry = new Registry();
    const parts = composeRuns(
      {
        ...{ publisher, runs: podRuns, sessions: podSessions, engine: options.engine, clock, registry },
        logger: createLogger('orchestrator', 'silent'),
        ...(options.withoutLog ? {} : { log: bus.log }),
      },
      { ...DEFAULT_RUN_LIMITS, ...options.limits },
    );
    const pod: Pod = {
      ...parts,
      registry,
      freeze: () => {
        thawed = new Promise((resolve) => (wake = resolve));
      },
      thaw: () => {
        wake?.();
        wake = undefined;
      },
    };
    return pod;
  }

  /** The session's stored events, in order. */
  async events(sessionId: string, tenant = 'default'): Promise<StoredEvent[]> {
    const entries = await this.bus.log.read({ tenant, sessionId }, 0, 100_000);
    return entries.map((entry) => entry.event);
  }

  /** Short form of the session's events: `type` or `type:status`. */
  async story(sessionId: string, tenant = 'default'): Promise<string[]> {
    const events = await this.events(sessionId, tenant);
    return events.map(({ type, data }) => {
      const mark = type === 'error' ? data['code'] : type === 'research_complete' ? data['status'] : undefined;
      return typeof mark === 'string' ? `${type}:${mark}` : type;
    });
  }

  async run(runId: string, tenant = 'default'): Promise<RunRecord> {
    const run = await this.runs.get(tenant, runId);
    if (!run) throw new VanaError('run_not_found');
    return run;
  }

  async session(sessionId: string, tenant = 'default'): Promise<SessionRecord> {
    const session = await this.sessions.get({ tenant, sessionId });
    if (!session) throw new Error(`no session ${sessionKeyString({ tenant, sessionId })}`);
    return session;
  }
}

/** Calls the given thing on its first `times` calls, then nothing. */
export function onlyFirst<Arguments extends unknown[]>(
  times: number,
  call: (...args: Arguments) => void,
): (...args: Arguments) => void {
  let left = times;
  return (...args) => {
    if (left-- > 0) call(...args);
  };
}
