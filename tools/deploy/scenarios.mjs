// The values with which the chart is rendered in the checks, and those that it must refuse.
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';

const BUNDLED = ['nats.bundled.enabled=true', 'redis.bundled.enabled=true'];
const PRODUCTION = [join(root, 'deploy', 'values', 'production.yaml')];
const EVALUATION = [join(root, 'deploy', 'values', 'evaluation.yaml')];

export const SCENARIOS = {
  minimal: { sets: ['nats.url=nats://nats:4222', 'redis.url=redis://redis:6379'] },
  production: { values: PRODUCTION },
  evaluation: { values: EVALUATION },
  'external TLS, .creds files': {
    sets: [
      ...['nats.url=tls://a:4222\\,tls://b:4222', 'nats.auth.method=creds', 'nats.auth.existingSecret=creds'],
      ...['nats.tls.caSecret=nats-ca', 'redis.existingSecret=redis', 'redis.tls.caSecret=redis-ca'],
      ...['gatewayTls.existingSecret=front', 'auth.method=publicKey', 'auth.publicKey=PEM'],
    ],
  },
  'ingress stickiness': { values: PRODUCTION, sets: ['ingress.stickiness=ingress', 'ingress.tls.secretName=own'] },
  'Gateway API': {
    sets: [
      ...BUNDLED,
      'httpRoute.enabled=true',
      'httpRoute.parentRefs[0].name=public',
      'httpRoute.hostnames[0]=a.example',
    ],
  },
  'every feature off': {
    sets: [
      ...['nats.url=nats://nats:4222', 'nats.auth.method=none', 'redis.enabled=false', 'networkPolicy.enabled=false'],
      ...['tests.enabled=false', 'auth.existingSecret=tokens'],
      ...['gateway', 'orchestrator', 'broadcaster', 'monitoring'].map((service) => `${service}.maxUnavailable=0`),
    ],
  },
  'everything on': { values: [...PRODUCTION, join(root, 'tools', 'deploy', 'everything-on.yaml')] },
};

/** Values that are refused, and what helm's message must say. */
export const REFUSED = [
  { sets: [], says: /nats\.url: name your NATS servers/ },
  { sets: ['nats.url=nats://a'], says: /redis\.url: name your Redis/ },
  { sets: ['nats.url=nats://user:word@a', 'redis.enabled=false'], says: /nats\.url: without credentials/ },
  { sets: ['nats.url=nats://a', 'redis.url=redis://:word@a'], says: /redis\.url: without credentials/ },
  { sets: [...BUNDLED, 'image.tag=latest'], says: /latest is no version/ },
  { sets: [...BUNDLED, 'nats.replicas=3'], says: /nats\.replicas/ },
  { sets: [...BUNDLED, 'nats.replicas=2'], says: /nats\/replicas/ },
  { sets: [...BUNDLED, 'nats.auth.method=creds'], says: /nats\.auth/ },
  { sets: [...BUNDLED, 'auth.method=jwks'], says: /auth\.jwksUrl: needed/ },
  { sets: [...BUNDLED, 'auth.method=publicKey'], says: /auth\.publicKey: needed/ },
  { sets: [...BUNDLED, 'gateway.replica=3'], says: /additional properties 'replica' not allowed/ },
  { sets: [...BUNDLED, 'gateway.settings.NO_SUCH_SETTING=1'], says: /NO_SUCH_SETTING/ },
  { sets: [...BUNDLED, 'gateway.settings.SSE_MAX_CONNECTIONS=many'], says: /SSE_MAX_CONNECTIONS/ },
  { sets: [...BUNDLED, 'gateway.digest=sha256:1'], says: /digest/ },
  { sets: [...BUNDLED, 'ingress.stickiness=cookie'], says: /stickiness/ },
  { sets: [...BUNDLED, 'ingress.enabled=true', 'ingress.tls.enabled=true'], says: /ingress\.host: needed/ },
  { sets: [...BUNDLED, 'httpRoute.enabled=true'], says: /httpRoute\.parentRefs/ },
  { sets: [...BUNDLED, 'broadcaster.terminationGracePeriodSeconds=10'], says: /killed while they drain/ },
  {
    sets: [...BUNDLED, 'gateway.autoscaling.enabled=true', 'gateway.autoscaling.cpu=0'],
    says: /autoscaling: needs cpu or connections/,
  },
  {
    sets: [...BUNDLED, 'orchestratorCorpus.existingClaim=a', 'orchestratorCorpus.configMap=b'],
    says: /a claim or a ConfigMap/,
  },
];
