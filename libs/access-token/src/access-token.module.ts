// Installs the guard in front of all HTTP routes of the application that imports the module.
import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { bearerAdmission, type AdmissionRequest } from './admission.js';
import { createAccessTokenGuard, type GuardParts } from './guard.js';
import type { JwksTrouble } from './jwks-keys.js';
import { assertUsableKey, type AccessTokenSettings } from './settings.js';
import { createTokenCheck, type TokenCheck } from './token-check.js';

@Module({})
export class AccessTokenModule {
  /**
   * Admits bearers of the settings' tokens, unless `parts` says otherwise.
   * @throws VanaError settings_invalid (a secret under 32 bytes, no RSA public key)
   */
  static register(settings: AccessTokenSettings, parts: Partial<GuardParts> = {}): DynamicModule {
    const {
      admit = bearerAdmission([userTokenCheck(settings)], logRefusal),
      revocations = { covers: () => false },
      sessionIdsOf = sessionIdInPath,
    } = parts;
    return {
      module: AccessTokenModule,
      providers: [{ provide: APP_GUARD, useClass: createAccessTokenGuard({ admit, revocations, sessionIdsOf }) }],
    };
  }
}

const logger = new Logger('AccessToken');

/** For the log only: the caller gets one answer, which helps nobody to guess. */
export function logRefusal(kind: string): void {
  logger.debug(`token refused: ${kind}`);
}

/** The check of users' tokens, with trouble of the key set in the log. @throws VanaError settings_invalid */
export function userTokenCheck(settings: AccessTokenSettings): TokenCheck {
  assertUsableKey(settings);
  const onTrouble = ({ error, keysLeft }: JwksTrouble): void => {
    const reason = error instanceof Error ? error.message : 'no answer';
    logger.warn(`signing keys could not be fetched (${reason}); keys of before that stay in use: ${keysLeft}`);
  };
  return createTokenCheck(settings, { onTrouble });
}

/** The route parameter that all routes of a session have. */
export function sessionIdInPath({ params }: AdmissionRequest): readonly string[] {
  const { session_id: sessionId } = (params ?? {}) as { session_id?: unknown };
  return typeof sessionId === 'string' ? [sessionId] : [];
}
