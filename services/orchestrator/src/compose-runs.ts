// The plain part of the service: runs and the commands about them, over the ports.
import type { OrchestratorCommands } from '@vana/run-state';
import { MessageCommands } from './chat/message-commands.js';
import { RegeneratingEngine } from './chat/regenerating-engine.js';
import { RunCommands } from './commands/run-commands.js';
import { SessionCommands } from './commands/session-commands.js';
import { OutsideCommands } from './outside/outside-commands.js';
import { OutsideRuns } from './outside/outside-runs.js';
import type { OrchestratorPorts } from './ports.js';
import { LostRuns } from './runs/lost-runs.js';
import { QueueAnnouncer } from './runs/queue-announcer.js';
import { RunBoard } from './runs/run-board.js';
import { RunCancel } from './runs/run-cancel.js';
import type { RunLimits } from './runs/run-limits.js';
import { RunSweeper } from './runs/run-sweeper.js';
import { observeRunCounts, runTelemetry } from './runs/run-telemetry.js';
import { RunWorker } from './runs/run-worker.js';
import { SessionHold } from './runs/session-hold.js';
import { SessionViews } from './views/session-views.js';

export interface ComposedRuns {
  readonly commands: OrchestratorCommands;
  readonly worker: RunWorker;
  /** Takes runs from the queue from now on. */
  start(): void;
  /** Ends or hands over the runs of this pod. Idempotent. */
  close(): Promise<void>;
}

export function composeRuns(ports: OrchestratorPorts, limits: RunLimits): ComposedRuns {
  const observer = runTelemetry(ports.logger, ports.registry);
  const engine = new RegeneratingEngine(ports.engine);
  const shared = { ...ports, engine, limits, observer };
  const board = new RunBoard(ports.runs);
  const lost = new LostRuns(shared);
  const worker = new RunWorker(shared, board, lost);
  const sweeper = new RunSweeper(shared, board, lost);
  const announcer = new QueueAnnouncer(shared, board);
  observeRunCounts(ports.registry, () => ({ queued: board.queued, running: worker.running }));
  const outsideRuns = new OutsideRuns(shared);
  const cancel = new RunCancel(shared, worker, outsideRuns);
  const hold = new SessionHold(shared, lost, cancel);
  const { leaseMs, queueLimit } = limits;
  const runs = new RunCommands({ ...shared, leaseMs, queueLimit, board, announcer, worker, hold, cancel, lost });
  const views = new SessionViews(ports.log);
  const onEraseFailed = (error: unknown): void => ports.logger.warn({ err: error }, 'events were not erased');
  const sessions = new SessionCommands({ ...shared, cancel, lost, views, onEraseFailed });
  const outside = new OutsideCommands(shared, runs, outsideRuns);
  const messages = new MessageCommands(shared, runs, views);
  return {
    commands: commandsOf({ runs, sessions, outside, messages }),
    worker,
    start: () => {
      sweeper.start();
      worker.start();
    },
    close: async () => {
      sweeper.close();
      announcer.close();
      await worker.close();
      board.close();
    },
  };
}

interface Parts {
  readonly runs: RunCommands;
  readonly sessions: SessionCommands;
  readonly outside: OutsideCommands;
  readonly messages: MessageCommands;
}

function commandsOf({ runs, sessions, outside, messages }: Parts): OrchestratorCommands {
  return {
    retryRun: (command) => messages.retryRun(command),
    postMessage: (command) => messages.postMessage(command),
    regenerateMessage: (command) => messages.regenerateMessage(command),
    editMessage: (command) => messages.editMessage(command),
    deleteMessage: (command) => messages.deleteMessage(command),
    giveFeedback: (command) => messages.giveFeedback(command),
    publishEvents: (command) => outside.publishEvents(command),
    startOutsideRun: (command) => outside.startOutsideRun(command),
    finishRun: (command) => outside.finishRun(command),
    renameSession: (command) => sessions.renameSession(command),
    getAgentNetwork: (command) => sessions.getAgentNetwork(command),
    startRun: (command) => runs.startRun(command),
    getRun: (command) => runs.getRun(command),
    cancelRun: (command) => runs.cancelRun(command),
    createSession: (command) => sessions.createSession(command),
    getSession: (command) => sessions.getSession(command),
    listSessions: (command) => sessions.listSessions(command),
    deleteSession: (command) => sessions.deleteSession(command),
    shareSession: (command) => sessions.shareSession(command),
    unshareSession: (command) => sessions.unshareSession(command),
  };
}
