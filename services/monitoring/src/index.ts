export { createMonitoring, type MonitoringPorts } from './app.module.js';
export { monitoringSettingsSchema, readMonitoringSettings, type MonitoringSettings } from './settings.js';
