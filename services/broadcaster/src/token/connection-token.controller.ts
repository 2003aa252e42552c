// A fresh token for a stream of this pod; gateways find the pod by the connection's id.
import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import type { ConnectionTokenBody, Principal } from '@vana/events';
import { LiveStreams } from './live-streams.js';

@Controller('api/stream')
export class ConnectionTokenController {
  constructor(private readonly streams: LiveStreams) {}

  @Post(':connection_id/token')
  @HttpCode(200)
  @RequireScope('sessions:read')
  renew(@Param('connection_id') id: string, @CurrentPrincipal() principal: Principal): ConnectionTokenBody {
    return this.streams.renew(id, principal);
  }
}
