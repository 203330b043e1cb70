import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { DEFAULT_CREDENTIALS, type RunningSimulator } from "../index.ts";
import { control } from "./vendor-clients.ts";

/** A caller of the API as NetSuite's pages describe one; there is no SDK of the vendor's. */
export interface NetSuiteClient {
  /** What the token endpoint says to an assertion with these changes. */
  askForToken(change?: {
    readonly header?: object;
    readonly claims?: object;
    readonly key?: KeyObject;
    readonly isPss?: boolean;
  }): Promise<Response>;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** 3,072 bits is the least NetSuite takes; made once, since it takes a while. */
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 3_072 });

export async function connectNetSuite(simulator: RunningSimulator): Promise<NetSuiteClient> {
  const mapped = (await control(simulator, "POST", "/control/netsuite/certificates", {
    client_id: DEFAULT_CREDENTIALS.netsuiteClientId,
    public_key: publicKey.export({ type: "spki", format: "pem" }),
  })) as { readonly certificate_id: string };
  const host = DEFAULT_CREDENTIALS.netsuiteAccountId.toLowerCase();
  const { url } = simulator.netsuite;

  const askForToken: NetSuiteClient["askForToken"] = (change = {}) => {
    const iat = Math.floor(simulator.parts.now() / 1000);
    const header = { typ: "JWT", alg: "PS256", kid: mapped.certificate_id, ...change.header };
    const claims = {
      iss: DEFAULT_CREDENTIALS.netsuiteClientId,
      scope: ["rest_webservices"],
      aud: `https://${host}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token`,
      iat,
      exp: iat + 300,
      ...change.claims,
    };
    const unsigned = `${base64url(header)}.${base64url(claims)}`;
    const key = change.key ?? privateKey;
    const signature = sign("sha256", Buffer.from(unsigned), {
      key,
      ...((change.isPss ?? true)
        ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
        : {}),
    });
    return fetch(`${url}/services/rest/auth/oauth2/v1/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: `${unsigned}.${signature.toString("base64url")}`,
      }),
    });
  };

  const granted = (await (await askForToken()).json()) as { readonly access_token: string };
  return {
    askForToken,
    call: (method, path, body, headers) =>
      fetch(`${url}/services/rest${path}`, {
        method,
        headers: {
          authorization: `Bearer ${granted.access_token}`,
          "content-type": "application/json",
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}
