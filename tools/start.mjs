// `npm start`: the whole system in one process, a sample question, a cited report. See --help.
import { runBuilt } from './run-built.mjs';

runBuilt('services/standalone/dist/main.js');
