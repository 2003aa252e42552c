// All classes of faults, by number.
import { anotherStream } from './another-stream.js';
import { broadcasterKill } from './broadcaster-kill.js';
import { clockJump } from './clock-jump.js';
import type { FaultClass } from './fault-class.js';
import { gatewayKill } from './gateway-kill.js';
import { herd } from './herd.js';
import { natsPause } from './nats-pause.js';
import { natsRestart } from './nats-restart.js';
import { orchestratorKill } from './orchestrator-kill.js';
import { pausedBroadcaster } from './paused-broadcaster.js';
import { poison } from './poison.js';
import { redisDownPodKilled } from './redis-down-pod-killed.js';
import { redisTrouble } from './redis-trouble.js';
import { replicaKill } from './replica-kill.js';
import { retentionOverrun } from './retention-overrun.js';
import { rollingRestart } from './rolling-restart.js';
import { slowClients } from './slow-clients.js';
import { twoWriters } from './two-writers.js';

export const CLASSES: readonly FaultClass[] = [
  broadcasterKill,
  rollingRestart,
  gatewayKill,
  orchestratorKill,
  natsRestart,
  replicaKill,
  natsPause,
  redisTrouble,
  redisDownPodKilled,
  slowClients,
  herd,
  retentionOverrun,
  anotherStream,
  poison,
  clockJump,
  pausedBroadcaster,
  twoWriters,
];

/** By number or name; all of them for `all`. `undefined` when there is none. */
export function findClasses(text: string): readonly FaultClass[] | undefined {
  if (text === 'all') return CLASSES;
  const wanted = text.split(',');
  const found = CLASSES.filter(({ number, name }) => wanted.includes(name) || wanted.includes(String(number)));
  return found.length === wanted.length ? found : undefined;
}
