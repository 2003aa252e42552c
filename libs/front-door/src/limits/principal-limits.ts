// Limits per principal: @nestjs/throttler's guard, behind the one that finds out who it is. The limit per
// address stands before both, as a hook: guards run when a body has been read already.
import { Injectable, Module, SetMetadata, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule, type ThrottlerLimitDetail, type ThrottlerOptions } from '@nestjs/throttler';
import { VanaError, type Principal } from '@vana/events';
import type { FrontDoorSettings } from '../settings.js';
import { limitKey } from './limit-key.js';
import type { LimitStorage } from './limit-storage.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const RUN_START = 'vana:run-start';

/** Marks a route that starts runs: it counts against the caller's quota. */
export const CountsAsRun = () => SetMetadata(RUN_START, true);

interface LimitedRequest {
  readonly principal?: Principal;
  readonly ip: string;
}
const requestOf = (context: ExecutionContext): LimitedRequest => context.switchToHttp().getRequest<LimitedRequest>();

@Injectable()
class PrincipalThrottlerGuard extends ThrottlerGuard {
  /** Public routes have no principal; their callers are limited by address. */
  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    return context.getType() !== 'http' || requestOf(context).principal === undefined;
  }

  protected override async throwThrottlingException(
    _context: ExecutionContext,
    { key, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<never> {
    const code = key.startsWith('run:') ? 'run_quota_exceeded' : 'rate_limited';
    throw new VanaError(code, { details: { retryAfterS: timeToBlockExpire } });
  }
}

@Module({})
export class PrincipalLimitsModule {
  /** Import it after the module with the access guard: guards run in that order. */
  static register(settings: FrontDoorSettings, storage: LimitStorage): DynamicModule {
    const reflector = new Reflector();
    const generateKey = (context: ExecutionContext, _tracker: string, name: string): string => {
      const { principal, ip } = requestOf(context);
      return `${name}:${limitKey(principal!, ip)}`;
    };
    const throttlers: ThrottlerOptions[] = [
      { name: 'principal', ttl: MINUTE_MS, limit: settings.requestsPerPrincipal, generateKey },
      {
        name: 'run',
        ttl: HOUR_MS,
        limit: settings.runsPerPrincipal,
        generateKey,
        skipIf: (context) => reflector.get<true | undefined>(RUN_START, context.getHandler()) !== true,
      },
    ];
    const used = throttlers.filter(({ limit }) => limit !== 0);
    if (used.length === 0) return { module: PrincipalLimitsModule };
    return {
      module: PrincipalLimitsModule,
      imports: [ThrottlerModule.forRoot({ throttlers: used, storage, setHeaders: false })],
      providers: [{ provide: APP_GUARD, useClass: PrincipalThrottlerGuard }],
    };
  }
}
