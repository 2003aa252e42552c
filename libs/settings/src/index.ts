export { NATS_ACCESS_FIELDS, REDIS_TLS_FIELDS, natsAccessFrom, type NatsAccess } from './server-fields.js';
export { readSettings, type SettingProblem } from './read-settings.js';
export { count, flag, milliseconds, portNumber, seconds, secondsOrNone } from './fields.js';
