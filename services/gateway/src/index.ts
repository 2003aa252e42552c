export { createGateway } from './app.module.js';
export type { GatewayPorts } from './ports.js';
export { readGatewaySettings, type GatewaySettings } from './settings.js';
