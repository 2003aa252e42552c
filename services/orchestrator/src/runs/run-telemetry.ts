// Metrics and log lines of runs. Questions, reports and payloads are never logged.
import { VanaError } from '@vana/events';
import type { Logger, Registry } from '@vana/observability';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { RunObserver, RunRef } from './run-observer.js';
import { RunStopped } from './run-stop.js';

export function runTelemetry(logger: Logger, registry: Registry): RunObserver {
  const registers = [registry];
  const ended = new Counter({
    name: 'vana_runs_ended_total',
    help: 'Runs that ended on this pod, by their final status.',
    labelNames: ['status'],
    registers,
  });
  const duration = new Histogram({
    name: 'vana_run_duration_seconds',
    help: 'From the claim of a run to its stored end.',
    labelNames: ['status'],
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 20, 60, 180, 600],
    registers,
  });
  const published = new Counter({
    name: 'vana_run_events_published_total',
    help: 'Events of runs that the bus has acknowledged.',
    labelNames: ['channel'],
    registers,
  });
  const latency = new Histogram({
    name: 'vana_run_event_publish_seconds',
    help: 'From giving an event to the bus to its acknowledgement.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15],
    registers,
  });
  const retried = new Counter({
    name: 'vana_run_retries_total',
    help: 'Publishes and store changes that were tried again.',
    labelNames: ['what'],
    registers,
  });
  const dropped = new Counter({
    name: 'vana_runs_dropped_total',
    help: 'Runs that this pod stopped working on before their end was stored.',
    registers,
  });
  const lost = new Counter({
    name: 'vana_runs_lost_total',
    help: 'Runs of lost workers that this pod has ended.',
    registers,
  });
  const resumed = new Counter({
    name: 'vana_runs_resumed_total',
    help: 'Runs of lost or leaving workers that this pod has gone on with.',
    registers,
  });
  return {
    started: (run) => logger.info(refOf(run), 'run started'),
    ended: (run, status, durationMs) => {
      ended.inc({ status });
      duration.observe({ status }, durationMs / 1000);
      logger.info({ ...refOf(run), status, durationMs }, 'run ended');
    },
    engineFailed: (run, error) => logger.error({ ...refOf(run), ...factsOf(error) }, 'research engine failed'),
    engineAbandoned: (run) => logger.warn(refOf(run), 'research engine ignored its abort and was left behind'),
    published: (channel, latencyMs) => {
      published.inc({ channel });
      latency.observe(latencyMs / 1000);
    },
    retried: (run, what, error) => {
      retried.inc({ what });
      logger.warn({ ...refOf(run), what, ...factsOf(error) }, 'trying again');
    },
    dropped: (run, error) => {
      dropped.inc();
      logger.error({ ...refOf(run), ...factsOf(error) }, 'run dropped before its end was stored');
    },
    resumed: (run, attempt, stored) => {
      resumed.inc();
      logger.info({ ...refOf(run), attempt, stored }, 'run resumed');
    },
    handedOver: (run) => logger.info(refOf(run), 'run handed over'),
    queueFailed: (error) => logger.warn(factsOf(error), 'work queue failed'),
    sweepFailed: (error) => logger.warn(factsOf(error), 'open runs could not be looked at'),
    lostRunEnded: (run) => {
      lost.inc();
      logger.warn(refOf(run), 'lost run ended');
    },
  };
}

/** The runs on this pod, read whenever the metrics are. */
export function observeRunCounts(registry: Registry, counts: () => { queued: number; running: number }): void {
  new Gauge({
    name: 'vana_runs',
    help: 'Runs by status: the running ones of this pod, the queued ones of all.',
    labelNames: ['status'],
    registers: [registry],
    collect() {
      const { queued, running } = counts();
      this.set({ status: 'queued' }, queued);
      this.set({ status: 'running' }, running);
    },
  });
}

function refOf({ tenant, sessionId, runId }: RunRef): RunRef {
  return { tenant, sessionId, runId };
}

/** Our own errors by code; a foreign one with its stack, which names our code and not the payload. */
function factsOf(error: unknown): Record<string, unknown> {
  if (error instanceof VanaError) return { code: error.code, details: error.details };
  if (error instanceof RunStopped) return { stopped: error.kind };
  return { err: error };
}
