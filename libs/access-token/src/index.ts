export { AccessTokenModule, logRefusal, sessionIdInPath, userTokenCheck } from './access-token.module.js';
export {
  bearerAdmission,
  bearerTokenOf,
  type Admission,
  type AdmissionRequest,
  type Admitted,
  type Credential,
} from './admission.js';
export { CurrentPrincipal, Public, RequireScope, type AuthenticatedRequest } from './declarations.js';
export { DEMO_MODE_FIELDS, anonymousAdmission, demoModeFrom } from './demo-mode.js';
export { issueToken, type TokenRequest } from './issue-token.js';
export {
  CALL_TOKEN_LIFE_S,
  INTERNAL_TOKEN_FIELDS,
  createPrincipalTokenCheck,
  deriveSecret,
  internalSecretFrom,
  issuePrincipalToken,
} from './principal-token.js';
export {
  ACCESS_TOKEN_FIELDS,
  accessTokenSettingsFrom,
  developmentAccessTokenSettings,
  maxTokenLifeMs,
  readAccessTokenSettings,
  type AccessTokenSettings,
  type TokenKey,
} from './settings.js';
export type { TokenCheck, TokenVerdict } from './token-check.js';
export { undeclaredRoutes } from './undeclared-routes.js';
