// `npm run token -- --sub me --scopes sessions:read`: a development token for the JWT_SECRET in the environment.
import { runBuilt } from './run-built.mjs';

runBuilt('services/standalone/dist/token.js');
