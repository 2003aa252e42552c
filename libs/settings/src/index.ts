export { readSettings, type SettingProblem } from './read-settings.js';
export { count, flag, milliseconds, portNumber, seconds } from './fields.js';
