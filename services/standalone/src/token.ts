// `npm run token`: a token for development, signed with the JWT_SECRET that the services run with.
import { parseArgs } from 'node:util';
import { issueToken, readAccessTokenSettings } from '@vana/access-token';
import { DEFAULT_TENANT, SCOPES, VanaError, isValidId, type Scope } from '@vana/events';
import { faultSentence } from '@vana/observability';

const DAY_S = 24 * 3600;
const USAGE = `JWT_SECRET=… npm run token -- --sub me [--scopes a,b] [--tenant T] [--expires SECONDS]

  --scopes   ${SCOPES.join(', ')} (default: all but admin)
`;

try {
  process.stdout.write(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${faultSentence(error) ?? (error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      sub: { type: 'string' },
      scopes: { type: 'string' },
      tenant: { type: 'string' },
      expires: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return USAGE;
  if (process.env['NODE_ENV'] === 'production') {
    throw invalid('NODE_ENV', 'is production: there an identity provider issues the tokens');
  }
  const sub = values.sub ?? '';
  if (sub === '') throw invalid('--sub', 'names the principal and is required');
  const scopes = readScopes(values.scopes);
  const tenant = values.tenant ?? DEFAULT_TENANT;
  if (!isValidId(tenant)) throw invalid('--tenant', 'must match ^[A-Za-z0-9_-]{1,64}$');
  const expiresInS = Number(values.expires ?? DAY_S);
  if (!Number.isInteger(expiresInS) || expiresInS <= 0) throw invalid('--expires', 'must be whole seconds above 0');
  const settings = readAccessTokenSettings(process.env);
  return `${await issueToken(settings, { sub, tenant, scopes, expiresInS })}\n`;
}

function readScopes(text: string | undefined): readonly Scope[] {
  if (text === undefined) return SCOPES.filter((scope) => scope !== 'admin');
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const known = SCOPES.filter((scope) => names.includes(scope));
  if (names.length === 0 || known.length !== new Set(names).size) {
    throw invalid('--scopes', `must name ${SCOPES.join(', ')}`);
  }
  return known;
}

function invalid(key: string, problem: string): VanaError {
  return new VanaError('settings_invalid', { details: { keys: [{ key, problem }] } });
}
