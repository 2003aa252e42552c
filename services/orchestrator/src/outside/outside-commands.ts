// Commands of agents outside: their events and their runs.
import { randomUUID } from 'node:crypto';
import { MAX_BATCH_EVENTS, VanaError, formatPosition, type Principal, type StoredEvent } from '@vana/events';
import {
  isTerminal,
  type OrchestratorCommands,
  type RunRecord,
  type RunStore,
  type SessionStore,
} from '@vana/run-state';
import type { Clock, EventPublisher } from '@vana/stream-core';
import { sessionToWrite } from '../commands/access.js';
import type { RunCommands } from '../commands/run-commands.js';
import { OUTSIDE_LEASE_MS, type OutsideRuns } from './outside-runs.js';
import { readOutsideEvents } from './outside-event.js';

export interface OutsideCommandPorts {
  readonly publisher: EventPublisher;
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly clock: Clock;
}

type Commands = Pick<OrchestratorCommands, 'publishEvents' | 'startOutsideRun' | 'finishRun'>;
type CommandOf<Name extends keyof Commands> = Parameters<Commands[Name]>[0];
type Answer<Name extends keyof Commands> = Awaited<ReturnType<Commands[Name]>>;

export class OutsideCommands implements Commands {
  readonly #ports: OutsideCommandPorts;
  readonly #runCommands: RunCommands;
  readonly #outside: OutsideRuns;

  constructor(ports: OutsideCommandPorts, runCommands: RunCommands, outside: OutsideRuns) {
    this.#ports = ports;
    this.#runCommands = runCommands;
    this.#outside = outside;
  }

  async publishEvents(command: CommandOf<'publishEvents'>): Promise<Answer<'publishEvents'>> {
    const { principal, sessionId, producer, events } = command;
    const { sessions, publisher, clock } = this.#ports;
    if (events.length === 0 || events.length > MAX_BATCH_EVENTS) {
      throw new VanaError('invalid_body', { details: { events: events.length, limit: MAX_BATCH_EVENTS } });
    }
    await sessionToWrite(sessions, principal, sessionId);
    const stored = readOutsideEvents(events, { principal, sessionId, producer, nowMs: clock.now() });
    await this.#checkRuns(principal, sessionId, stored);
    const session = { tenant: principal.tenant, sessionId };
    // In order: the publisher has one of a session in flight.
    const outcomes = await Promise.allSettled(stored.map((event) => publisher.publish(session, event)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    const acks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    return {
      positions: acks.map(({ epoch, seq }) => formatPosition(epoch, seq)),
      duplicates: acks.filter(({ duplicate }) => duplicate).length,
    };
  }

  async startOutsideRun(command: CommandOf<'startOutsideRun'>): Promise<RunRecord> {
    const nowMs = this.#ports.clock.now();
    const taken = await this.#runCommands.take(
      { ...command },
      {
        ...{ status: 'running', worker: 'outside', attempts: 1, claimedBy: `outside-${randomUUID()}` },
        ...{ startedAtMs: nowMs, leaseUntilMs: nowMs + OUTSIDE_LEASE_MS },
      },
    );
    if (!isTerminal(taken.run.status)) await this.#outside.begin(taken.run);
    return taken.run;
  }

  async finishRun(command: CommandOf<'finishRun'>): Promise<RunRecord> {
    const { principal, runId, status, finalReport, reason } = command;
    const run = await this.#runCommands.ownRun({ principal, runId });
    if (run.worker !== 'outside') throw new VanaError('run_not_found');
    const ended = isTerminal(run.status)
      ? run
      : await this.#outside.end(run, { status, finalReport, ...(reason === undefined ? {} : { reason }) });
    // Asked twice is answered twice; another end than the one that is told is refused.
    if (ended.status !== status) throw finished(ended);
    return ended;
  }

  /** @throws VanaError run_not_found | run_finished */
  async #checkRuns(principal: Principal, sessionId: string, events: readonly StoredEvent[]): Promise<void> {
    const runIds = new Set(events.flatMap(({ runId }) => (runId === undefined ? [] : [runId])));
    for (const runId of runIds) {
      const run = await this.#ports.runs.get(principal.tenant, runId);
      if (run?.worker !== 'outside' || run.sessionId !== sessionId || run.owner !== principal.id) {
        throw new VanaError('run_not_found', { details: { runId } });
      }
      if (isTerminal(run.status)) throw finished(run);
      await this.#outside.renew(run);
    }
  }
}

/** How an agent outside hears of a cancel. */
function finished({ runId, status }: RunRecord): VanaError {
  return new VanaError('run_finished', { details: { runId, status } });
}
