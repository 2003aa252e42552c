export { mayRead, mayWrite, type SessionRecord } from './session-record.js';
export {
  RUN_STATUSES,
  canMove,
  isLost,
  isTerminal,
  type RunRecord,
  type RunStatus,
  type TerminalRunStatus,
} from './run-record.js';
export type { SessionStore } from './ports/session-store.js';
export { REVOCATION_KINDS, RevocationList, type Revocation, type RevocationKind } from './revocation.js';
export type { RevocationStore } from './ports/revocation-store.js';
export type { RunStore } from './ports/run-store.js';
export { queuedRunKey, type QueuedRun, type RunDelivery, type RunQueue } from './ports/run-queue.js';
export { MAX_STEP_BYTES, type StepStore } from './ports/step-store.js';
export {
  ORCHESTRATOR_PATTERNS,
  type AgentNetworkSnapshot,
  type MessageChange,
  type OrchestratorCommands,
  type SessionPlace,
  type StartRun,
} from './ports/orchestrator-commands.js';
export { decodeReply, encodeReply, type CommandReply } from './command-codec.js';
export { changeRun, changeSession, tombstoneOf } from './record-changes.js';
