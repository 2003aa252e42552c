// What the gateway is built from. main.ts gives the real adapters, `npm start` the embedded ones.
import type { Counters } from '@vana/front-door';
import type { Logger, ReadyChecks, Registry } from '@vana/observability';
import type { Presence } from '@vana/routing';
import type { OrchestratorCommands, RevocationStore, SessionStore } from '@vana/run-state';

export interface GatewayPorts {
  readonly commands: OrchestratorCommands;
  readonly sessions: SessionStore;
  readonly revocations: RevocationStore;
  readonly presence: Presence;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Of limits, shared by all gateways; without them each counts for itself. */
  readonly counters?: Counters | undefined;
  /** What /health/ready looks at. The bus does not belong there: while it is down, streams wait at the gateway. */
  readonly ready?: () => Promise<ReadyChecks>;
}

/** Injection tokens of the ports that are interfaces. */
export const COMMANDS = Symbol('OrchestratorCommands');
export const REVOCATIONS = Symbol('RevocationStore');
/** Milliseconds from a token's issue to its end, at most. */
export const MAX_TOKEN_LIFE_MS = Symbol('maxTokenLifeMs');
