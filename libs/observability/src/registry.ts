// One metrics registry per service, so that several services in one process do not mix their numbers.
import { Registry, collectDefaultMetrics } from 'prom-client';

export type { Registry };

/** A registry with the process's default metrics; every sample carries the label `service`. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}
