// Installs the guard in front of all HTTP routes of the application that imports the module.
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { createAccessTokenGuard } from './guard.js';
import { assertUsableKey, type AccessTokenSettings } from './settings.js';
import { createJwtStrategy } from './strategy.js';

let registrations = 0;

@Module({})
export class AccessTokenModule {
  /** @throws VanaError settings_invalid (a secret under 32 bytes, no RSA public key) */
  static register(settings: AccessTokenSettings): DynamicModule {
    assertUsableKey(settings);
    const strategyName = `vana-access-token-${++registrations}`;
    createJwtStrategy(strategyName, settings);
    return {
      module: AccessTokenModule,
      providers: [{ provide: APP_GUARD, useClass: createAccessTokenGuard(strategyName) }],
    };
  }
}
