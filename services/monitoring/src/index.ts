export { createMonitoring, type MonitoringPorts } from './app.module.js';
export { readMonitoringSettings, type MonitoringSettings } from './settings.js';
