// Who asks. Made from a verified token and passed to every check of ownership.

export const SCOPES = [
  'sessions:read',
  'sessions:write',
  'runs:start',
  'events:publish',
  'monitoring:read',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

export interface Principal {
  /** The token's `sub`. */
  readonly id: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** The token's expiry, milliseconds since 1970; absent in demo mode only. */
  readonly expiresAtMs?: number;
  readonly anonymous?: boolean;
}
