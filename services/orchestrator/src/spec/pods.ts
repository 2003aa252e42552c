// For specs: pods over one embedded bus and store. A pod can be frozen, as a dead or sleeping process is: what it
// asks of the bus and the stores waits until it is thawed.
import { VanaError, sessionKeyString, type Principal, type StoredEvent } from '@vana/events';
import {
  InMemoryBus,
  InMemoryRunQueue,
  InMemoryRunStore,
  InMemorySessionStore,
  InMemoryStepStore,
} from '@vana/in-memory';
import { createLogger } from '@vana/observability';
import type {
  OrchestratorCommands,
  RunQueue,
  RunRecord,
  RunStore,
  SessionRecord,
  SessionStore,
  StepStore,
} from '@vana/run-state';
import type { Clock, EventLog, EventPublisher } from '@vana/stream-core';
import { Registry } from 'prom-client';
import { composeRuns } from '../compose-runs.js';
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
  /** It takes no runs from the queue. */
  readonly idle?: boolean;
  /** Change notices of the stores do not reach the pod. */
  readonly deaf?: boolean;
}

export interface Pod {
  readonly commands: OrchestratorCommands;
  readonly worker: RunWorker;
  readonly registry: Registry;
  close(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

export class Pods {
  readonly bus: InMemoryBus;
  readonly sessions = new InMemorySessionStore();
  readonly runs = new InMemoryRunStore();
  readonly steps = new InMemoryStepStore();
  readonly queue: InMemoryRunQueue;

  constructor(readonly clock: Clock) {
    this.bus = new InMemoryBus({ now: () => clock.now() });
    this.queue = new InMemoryRunQueue(clock, DEFAULT_RUN_LIMITS.leaseMs);
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
      publish: (session, event, claim) =>
        through(async () => {
          options.fault?.(event);
          const ack = await bus.publisher.publish(session, event, claim);
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
      listOwned: (tenant, owner, limit, after) => through(() => sessions.listOwned(tenant, owner, limit, after)),
      onChange: (listener) => sessions.onChange(heard(listener)),
    };
    const log: EventLog = {
      ...bus.log,
      read: (session, after, limit) => through(() => bus.log.read(session, after, limit)),
      readBackward: (session, before, limit) => through(() => bus.log.readBackward(session, before, limit)),
    };
    const podSteps: StepStore = {
      get: (run, step) => through(() => this.steps.get(run, step)),
      put: (run, step, json) => changed(() => this.steps.put(run, step, json)),
      forget: (run) => changed(() => this.steps.forget(run)),
    };
    // Waiting for work is no step at which a process dies: nothing happens in between.
    const podQueue: RunQueue = {
      add: (run) => through(() => this.queue.add(run)),
      held: () => through(() => this.queue.held()),
      next: async (signal) => {
        const delivery = await this.queue.next(signal);
        if (delivery === undefined || !wake) {
          return (
            delivery && {
              ...delivery,
              working: () => (wake ? undefined : delivery.working()),
              done: () => through(() => delivery.done()),
              giveBack: (delayMs) => (wake ? undefined : delivery.giveBack(delayMs)),
            }
          );
        }
        // A dead process asks for nothing.
        delivery.giveBack(0);
        return new Promise(() => undefined);
      },
    };
    const registry = new Registry();
    const parts = composeRuns(
      {
        ...{
          publisher,
          eraser: bus.publisher,
          log,
          runs: podRuns,
          sessions: podSessions,
          queue: podQueue,
          steps: podSteps,
        },
        ...{ engine: options.engine, clock, registry, logger: createLogger('orchestrator', 'silent') },
      },
      { ...DEFAULT_RUN_LIMITS, ...options.limits },
    );
    if (options.idle !== true) parts.start();
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
