// Revocations by an administrator, within the administrator's own tenant.
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import { parseBody, revokeBodySchema, type Principal, type RevocationBody, type RevokeBody } from '@vana/events';
import type { Revocation, RevocationStore } from '@vana/run-state';
import { MAX_TOKEN_LIFE_MS, REVOCATIONS } from '../ports.js';

@Controller('auth/revocations')
export class RevocationsController {
  constructor(
    @Inject(REVOCATIONS) private readonly revocations: RevocationStore,
    @Inject(MAX_TOKEN_LIFE_MS) private readonly maxTokenLifeMs: number,
  ) {}

  @Post()
  @HttpCode(201)
  @RequireScope('admin')
  async revoke(@Body() body: unknown, @CurrentPrincipal() { tenant }: Principal): Promise<RevocationBody> {
    const { kind, id } = targetOf(parseBody(revokeBodySchema, body));
    const revokedAtMs = Date.now();
    const expiresAtMs = revokedAtMs + this.maxTokenLifeMs;
    await this.revocations.revoke({ tenant, kind, id, revokedAtMs, expiresAtMs });
    const iso = (ms: number): string => new Date(ms).toISOString();
    return { kind, id, revoked_at: iso(revokedAtMs), expires_at: iso(expiresAtMs) };
  }
}

function targetOf(body: RevokeBody): Pick<Revocation, 'kind' | 'id'> {
  if ('token_id' in body) return { kind: 'token', id: body.token_id };
  return 'principal' in body ? { kind: 'principal', id: body.principal } : { kind: 'session', id: body.session_id };
}
