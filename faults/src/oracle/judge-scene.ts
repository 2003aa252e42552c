// All that the oracle asks at the end of a run.
import { Redis } from 'ioredis';
import type { Scene } from '../scene.js';
import { judgeHistory } from './judge-history.js';
import { judgeReader, type SessionTruth } from './judge-reader.js';
import { judgeRuns } from './judge-runs.js';
import { judgeAcknowledged, judgeChain, keyOf } from './judge-stream.js';
import { readStream, type Stored, type StreamRead } from './stored.js';
import { Findings } from './verdicts.js';
import { wireOf, type WireEvent } from './wire.js';

export interface SceneJudgement {
  readonly findings: Findings;
  readonly stored: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly connections: number;
  readonly cuts: number;
}

export async function judgeScene(scene: Scene, stuck: readonly string[]): Promise<SceneJudgement> {
  const findings = new Findings();
  const read = await readStream(scene.nats, scene.firstSeq);
  const lives = [...scene.earlierLives, read];
  const acknowledged = scene.writers.flatMap((writer) => writer.acknowledged);
  const mayBeGone = scene.faultClass.retention === true;
  for (const detail of stuck) findings.add('stuck', detail);

  judgeAcknowledged(
    acknowledged.filter(({ epoch }) => epoch === read.epoch),
    read.sessions,
    () => mayBeGone,
    findings,
  );
  for (const [session, stored] of read.sessions)
    judgeChain(session, stored, { retention: mayBeGone, poison: scene.poison }, findings);
  for (const [session, runs] of scene.runs.started)
    judgeRuns(session, read.sessions.get(session) ?? [], runs, findings);

  let delivered = 0;
  let connections = 0;
  const truths = new Map<string, SessionTruth[]>();
  for (const client of scene.clients) {
    const { session, channels, name, adaptive } = client.options;
    const truth = truths.get(session) ?? lives.map((life) => truthOf(scene, session, life));
    truths.set(session, truth);
    const result = judgeReader(
      { name, channels, blocks: client.blocks },
      truth,
      { ...scene.faultClass.allowed, adaptive },
      findings,
    );
    delivered += result.delivered;
    connections += result.connections;
  }
  const cuts = scene.clients.reduce((sum, client) => sum + client.cuts, 0);
  if (scene.faultClass.cutsAllowed === false) {
    for (const { cuts: own, options } of scene.clients) {
      if (own > 0) findings.add('untold_cut', `${options.name}: ${own} times`, own);
    }
  }
  await judgeRedis(scene, read, findings);
  const stored = [...read.sessions.values()].reduce((sum, list) => sum + list.length, 0);
  return { findings, stored, acknowledged: acknowledged.length, delivered, connections, cuts };
}

/** A session's events of one life: what is stored, and what was acknowledged and has been dropped since. */
function truthOf(scene: Scene, session: string, life: StreamRead): SessionTruth {
  const events = new Map<number, WireEvent>();
  const unreadable = new Set<number>();
  const present = new Set<number>();
  for (const { seq, body, prev } of life.sessions.get(session) ?? []) {
    present.add(seq);
    const ours = prev !== undefined && prev < seq && !scene.poison.has(seq);
    const wire = ours ? wireOf(seq, body) : undefined;
    if (wire) events.set(seq, wire);
    else unreadable.add(seq);
  }
  const dropped = new Set<number>();
  if (scene.faultClass.retention) {
    for (const { session: key, event, seq, epoch } of scene.writers.flatMap((writer) => writer.acknowledged)) {
      if (keyOf(key) !== session || epoch !== life.epoch || present.has(seq)) continue;
      dropped.add(seq);
      events.set(seq, wireOf(seq, JSON.stringify(event))!);
    }
  }
  return {
    epoch: life.epoch,
    events: [...events.values()].sort((a, b) => a.seq - b.seq),
    dropped,
    unreadable,
  };
}

async function judgeRedis(scene: Scene, { epoch, sessions }: StreamRead, findings: Findings): Promise<void> {
  const redis = new Redis(scene.world.redis.url, { maxRetriesPerRequest: 3 });
  // A connection that breaks is told by the commands.
  redis.on('error', () => undefined);
  try {
    for (const session of [...scene.sessions, ...scene.runSessions].map(keyOf)) {
      await judgeHistory(redis, session, epoch, sessions.get(session) ?? ([] as Stored[]), findings);
    }
  } finally {
    redis.disconnect();
  }
}
