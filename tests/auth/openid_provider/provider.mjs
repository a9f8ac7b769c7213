// A real OpenID provider on loopback, with the password grant of the LTU guide.
// node provider.mjs PORT; POST /rotate signs with a new key from then on, POST /lose forgets the old.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { errors } from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const resource = `${issuer}/api`;
const keys = [];

async function newKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  keys.unshift({ ...(await exportJWK(privateKey)), kid: randomUUID(), use: 'sig', alg: 'RS256' });
}

const resourceServer = {
  scope: 'openid profile',
  audience: 'ltu-api',
  accessTokenTTL: 600,
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg: 'RS256' } },
};

function account(id) {
  return {
    accountId: id,
    claims: async () => ({ sub: id, email: `${id}@example.org`, email_verified: true }),
  };
}

async function passwordGrant(ctx) {
  const { client, params, provider } = ctx.oidc;
  if (params.password !== 'correct horse battery') {
    throw new errors.InvalidGrant('wrong credentials');
  }
  const grant = new provider.Grant({ accountId: params.username, clientId: client.clientId });
  grant.addOIDCScope('openid profile offline_access');
  grant.addResourceScope(resource, resourceServer.scope);
  const common = { accountId: params.username, client, gty: 'password', grantId: await grant.save() };
  const access = new provider.AccessToken({ ...common, scope: resourceServer.scope });
  access.resourceServer = new provider.ResourceServer(resource, resourceServer);
  const refresh = new provider.RefreshToken({
    ...common, resource, scope: 'openid profile offline_access', rotations: 0,
  });
  const identity = new provider.IdToken({ sub: params.username }, { ctx, client });
  identity.scope = 'openid';
  ctx.body = {
    access_token: await access.save(),
    refresh_token: await refresh.save(),
    id_token: await identity.issue({ use: 'idtoken' }),
    expires_in: access.expiration,
    token_type: 'Bearer',
    scope: resourceServer.scope,
  };
}

function newProvider() {
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'ltu-api',
      token_endpoint_auth_method: 'none',
      grant_types: ['password', 'refresh_token'],
      response_types: [],
      redirect_uris: [],
    }],
    jwks: { keys },
    cookies: { keys: ['test'] },
    scopes: ['openid', 'profile', 'offline_access'],
    rotateRefreshToken: true,
    findAccount: (ctx, id) => account(id),
    extraTokenClaims: (ctx, token) => ({
      groups: ['/museum/editor'],
      preferred_username: token.accountId,
      email: `${token.accountId}@example.org`,
      email_verified: true,
    }),
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => resourceServer,
      },
    },
  });
  provider.registerGrantType('password', passwordGrant, ['username', 'password', 'scope']);
  return provider;
}

await newKey();
let answer = newProvider().callback();
const counts = { jwks: 0 };
createServer(async (request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify(counts));
  } else if (request.url === '/rotate' || request.url === '/lose') {
    await newKey();
    if (request.url === '/lose') keys.splice(1);
    answer = newProvider().callback();
    response.end();
  } else {
    if (request.url === '/jwks') counts.jwks += 1;
    answer(request, response);
  }
}).listen(port, '127.0.0.1', () => console.log('listening'));
