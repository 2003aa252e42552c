export { AccessTokenModule } from './access-token.module.js';
export { CurrentPrincipal, Public, RequireScope } from './declarations.js';
export { issueToken, type TokenRequest } from './issue-token.js';
export {
  ACCESS_TOKEN_FIELDS,
  accessTokenSettingsFrom,
  developmentAccessTokenSettings,
  readAccessTokenSettings,
  type AccessTokenSettings,
  type TokenKey,
} from './settings.js';
export { undeclaredRoutes } from './undeclared-routes.js';
