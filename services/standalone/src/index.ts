export { startServices, type Standalone, type StandaloneSettings } from './start-services.js';
