export { createGateway } from './app.module.js';
export type { GatewayPorts } from './ports.js';
export { gatewaySettingsSchema, readGatewaySettings, type GatewaySettings } from './settings.js';
