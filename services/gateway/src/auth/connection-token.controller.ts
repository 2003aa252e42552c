// A fresh token for a stream that is open: without one it ends when the old one does.
import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import type { ConnectionTokenBody, Principal } from '@vana/events';
import { LiveConnections } from './live-connections.js';

@Controller('api/stream')
export class ConnectionTokenController {
  constructor(private readonly connections: LiveConnections) {}

  @Post(':connection_id/token')
  @HttpCode(200)
  @RequireScope('sessions:read')
  async extend(
    @Param('connection_id') connectionId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConnectionTokenBody> {
    return this.connections.extend(connectionId, principal);
  }
}
