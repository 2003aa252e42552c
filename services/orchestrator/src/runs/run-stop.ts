// Why work on a run is stopped from outside: the reason of the engine's abort signal.

export type StopKind = 'cancelled' | 'shutting_down' | 'lease_lost' | 'gave_up';

export class RunStopped extends Error {
  constructor(readonly kind: StopKind) {
    super(`run stopped: ${kind}`);
    this.name = 'RunStopped';
  }
}
