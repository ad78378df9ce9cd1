/**
 * The only file that knows botbuilder: it checks the tokens of what comes in and gets those for what goes out. What takes
 * its place (docs/teams.md) needs these two functions alone.
 */
import { ConfigurationBotFrameworkAuthentication, ConfigurationServiceClientCredentialFactory } from 'botbuilder';
import type { Activity as SdkActivity } from 'botbuilder';
import type { Activity } from './activity.ts';

export interface Credentials {
  readonly appId: string;
  readonly tenantId: string;
  readonly appType: 'SingleTenant' | 'MultiTenant' | 'UserAssignedMSI';
  readonly password?: string;
  readonly certificate?: { readonly thumbprint: string; readonly privateKey: string };
  /** Where the keys of incoming tokens are published; Microsoft's own where left out. */
  readonly metadataUrl?: string;
}

export interface Sdk {
  /** The claims of a token whose signature, issuer, audience and times are right. Throws an Error where they aren't. */
  authenticate(activity: Activity, authorization: string): Promise<Readonly<Record<string, unknown>>>;
  /** A token for the connector; `fresh`: not the one that was kept. Throws where none can be had. */
  token(fresh: boolean): Promise<string>;
}

const SCOPE = 'https://api.botframework.com';
const LOGIN = 'https://login.microsoftonline.com';
const METADATA = 'https://login.botframework.com/v1/.well-known/openidconfiguration';

export function openSdk(credentials: Credentials): Sdk {
  const { appId, tenantId, appType, password, certificate } = credentials;
  const factory = new ConfigurationServiceClientCredentialFactory({
    MicrosoftAppId: appId,
    MicrosoftAppTenantId: tenantId,
    MicrosoftAppType: appType,
    ...(password !== undefined && { MicrosoftAppPassword: password }),
    ...(certificate && {
      CertificateThumbprint: certificate.thumbprint,
      CertificatePrivateKey: certificate.privateKey,
    }),
  });
  const authentication = new ConfigurationBotFrameworkAuthentication(
    {
      ToChannelFromBotLoginUrl: `${LOGIN}/${tenantId}`,
      ToChannelFromBotOAuthScope: SCOPE,
      ToBotFromChannelTokenIssuer: SCOPE,
      OAuthUrl: 'https://api.botframework.com',
      ToBotFromChannelOpenIdMetadataUrl: credentials.metadataUrl ?? METADATA,
      ToBotFromEmulatorOpenIdMetadataUrl:
        'https://login.microsoftonline.com/botframework.com/v2.0/.well-known/openid-configuration',
      CallerId: 'urn:botframework:azure',
    },
    factory,
  );
  return {
    async authenticate(activity, authorization) {
      const result = await authentication.authenticateRequest(activity as unknown as SdkActivity, authorization);
      return Object.fromEntries(result.claimsIdentity.claims.map((claim) => [claim.type, claim.value]));
    },
    async token(fresh) {
      const made = await factory.createCredentials(appId, SCOPE, `${LOGIN}/${tenantId}`, true);
      if (!('getToken' in made) || typeof made.getToken !== 'function')
        throw new Error('botbuilder gave no credentials. Look at MicrosoftAppId and MicrosoftAppType.');
      const token: unknown = await made.getToken(fresh);
      if (typeof token !== 'string') throw new Error('Microsoft gave no token. Look at MicrosoftAppPassword.');
      return token;
    },
  };
}
