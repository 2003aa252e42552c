// Who asks a broadcaster: a gateway, with its own token for the one whom it has checked. Users' tokens, and in
// demo mode none, are for broadcasters that clients reach directly.
import {
  anonymousAdmission,
  bearerAdmission,
  bearerTokenOf,
  createPrincipalTokenCheck,
  logRefusal,
  sessionIdInPath,
  userTokenCheck,
  type Admission,
} from '@vana/access-token';
import type { BroadcasterSettings } from '../settings.js';

type AdmissionSettings = Pick<BroadcasterSettings, 'accessToken' | 'internalSecret' | 'exposed' | 'demoMode'>;

/** @throws VanaError settings_invalid (unusable token key) */
export function broadcasterAdmission(
  { accessToken, internalSecret, exposed, demoMode }: AdmissionSettings,
  onRefused: (kind: string) => void = logRefusal,
): Admission {
  const calls = createPrincipalTokenCheck(internalSecret, 'vana-broadcaster');
  if (!exposed) return bearerAdmission([calls], onRefused);
  const byBearer = bearerAdmission([calls, userTokenCheck(accessToken)], onRefused);
  if (!demoMode) return byBearer;
  const anonymous = anonymousAdmission(sessionIdInPath);
  return async (request) => (bearerTokenOf(request.headers) === undefined ? anonymous(request) : byBearer(request));
}
