import {
  type Peer,
  // <when auth=client_credentials,refresh_token>
  type PeerAnswer,
  type PeerCall,
  // </when>
  startPeer,
} from "../../conformance.ts";
// <when kind=billing>
import { type AcmeBillEventsPeer, createAcmeBillEventsPeer } from "./acme-bill-events-peer.ts";
import { type AcmeBillsPeer, createAcmeBillsPeer } from "./acme-bills-peer.ts";
// </when>
// <when kind=billing,erp>
import { createAcmeCustomersPeer } from "./acme-customers-peer.ts";
// </when>
// <when kind=crm>
import { type AcmeDealsPeer, createAcmeDealsPeer } from "./acme-deals-peer.ts";
// </when>
// <when kind=erp>
import { type AcmeOrdersPeer, createAcmeOrdersPeer } from "./acme-orders-peer.ts";
// </when>
// <when reference>
import {
  type AcmeSubscriptionsPeer,
  createAcmeSubscriptionsPeer,
} from "./acme-subscriptions-peer.ts";
// </when>

export const acmeCredentials = {
  // <when auth=api_key>
  apiKey: "acme-key-that-guards-nothing",
  // </when>
  // <when auth=client_credentials,refresh_token>
  clientId: "acme-client",
  clientSecret: "acme-secret-that-guards-nothing",
  // </when>
};

/** A fake Acme: keeps what it is told, refuses what Acme refuses. What it does and where that is documented: README. */
export interface AcmePeer extends Peer {
  // <when auth=refresh_token>
  /** A refresh token, as a person's consent gives one. Works once. */
  consent(): string;
  // </when>
  // <when kind=crm>
  readonly deals: AcmeDealsPeer;
  // </when>
  // <when kind=billing>
  readonly bills: AcmeBillsPeer;
  readonly billEvents: AcmeBillEventsPeer;
  // </when>
  // <when kind=billing,erp>
  readonly customers: { readonly count: (externalKey: string) => number };
  // </when>
  // <when kind=erp>
  readonly orders: AcmeOrdersPeer;
  // </when>
  // <when reference>
  readonly subscriptions: AcmeSubscriptionsPeer;
  // </when>
}

export async function startAcmePeer(): Promise<AcmePeer> {
  const tokens = new Set<string>();
  // <when auth=api_key>
  tokens.add(acmeCredentials.apiKey);
  // </when>
  // <when auth=refresh_token>
  const consents = new Set<string>();
  // </when>
  // <when auth=client_credentials,refresh_token>
  let made = 0;
  const nextToken = (kind: string) => {
    made += 1;
    return `acme-${kind}-${made}`;
  };
  // </when>
  // <when kind=crm>
  const deals = createAcmeDealsPeer();
  // </when>
  // <when kind=billing,erp>
  const customers = createAcmeCustomersPeer();
  // </when>
  // <when kind=billing>
  const billEvents = createAcmeBillEventsPeer();
  const bills = createAcmeBillsPeer(billEvents);
  // </when>
  // <when kind=erp>
  const orders = createAcmeOrdersPeer();
  // </when>
  // <when reference>
  const subscriptions = createAcmeSubscriptionsPeer();
  // </when>

  // <when auth=client_credentials,refresh_token>
  function giveToken({ body }: PeerCall): PeerAnswer {
    const grant = body as Readonly<Record<string, string>>;
    const isClient =
      grant["client_id"] === acmeCredentials.clientId &&
      grant["client_secret"] === acmeCredentials.clientSecret;
    if (!isClient) return { status: 400, body: { error: "invalid_client" } };
    const token = nextToken("token");
    // <when auth=refresh_token>
    if (grant["grant_type"] === "refresh_token") {
      if (!consents.delete(grant["refresh_token"] ?? "")) {
        return { status: 400, body: { error: "invalid_grant" } };
      }
      const next = nextToken("refresh");
      consents.add(next);
      tokens.add(token);
      return { body: { access_token: token, refresh_token: next } };
    }
    // </when>
    tokens.add(token);
    return { body: { access_token: token } };
  }
  // </when>

  const peer = await startPeer({
    before({ path, headers }) {
      if (path === "/oauth/token") return null;
      const token = headers["authorization"]?.replace(/^Bearer /, "") ?? "";
      return tokens.has(token) ? null : { status: 401, body: { code: "invalid_token" } };
    },
    routes: {
      // <when auth=client_credentials,refresh_token>
      "POST /oauth/token": giveToken,
      // </when>
      // <when kind=crm>
      ...deals.routes,
      // </when>
      // <when kind=billing,erp>
      ...customers.routes,
      // </when>
      // <when kind=billing>
      ...bills.routes,
      ...billEvents.routes,
      // </when>
      // <when kind=erp>
      ...orders.routes,
      // </when>
      // <when reference>
      ...subscriptions.routes,
      // </when>
    },
  });
  return {
    ...peer,
    // <when auth=refresh_token>
    consent() {
      const token = nextToken("refresh");
      consents.add(token);
      return token;
    },
    // </when>
    // <when kind=crm>
    deals,
    // </when>
    // <when kind=billing,erp>
    customers,
    // </when>
    // <when kind=billing>
    bills,
    billEvents,
    // </when>
    // <when kind=erp>
    orders,
    // </when>
    // <when reference>
    subscriptions,
    // </when>
  };
}
