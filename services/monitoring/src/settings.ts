// What monitoring reads from the environment, once, in main.ts.
import { NATS_ACCESS_FIELDS, portNumber, readSettings } from '@vana/settings';
import { z } from 'zod';

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portNumber(8083),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  ...NATS_ACCESS_FIELDS,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export { schema as monitoringSettingsSchema };

export type MonitoringSettings = z.output<typeof schema>;

/** @throws VanaError `settings_invalid`, naming every bad key at once */
export function readMonitoringSettings(env: NodeJS.ProcessEnv): MonitoringSettings {
  return readSettings(schema, env);
}
