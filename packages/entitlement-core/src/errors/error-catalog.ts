/** How an error reached us decides who has to act. */
export type ErrorAudience = "caller" | "sales" | "operator";

export interface ErrorDefinition {
  /** HTTP status when the API answers with it; null for codes that only describe an order's problem. */
  readonly status: number | null;
  readonly audience: ErrorAudience;
  readonly title: string;
}

/**
 * Every code Usher can answer with or show on an order, in one place.
 * A code is snake_case, stable for good once released, and has a page in docs/errors/.
 */
export const errorCatalog = {
  // The request itself
  malformed_json: { status: 400, audience: "caller", title: "The body is not valid JSON" },
  invalid_request: {
    status: 400,
    audience: "caller",
    title: "The request does not match the contract",
  },
  body_too_large: {
    status: 413,
    audience: "caller",
    title: "The body is larger than this route accepts",
  },
  headers_too_large: {
    status: 431,
    audience: "caller",
    title: "The headers are larger than any request may have",
  },
  sent_too_slowly: {
    status: 408,
    audience: "caller",
    title: "The request did not arrive in time",
  },
  body_too_deep: {
    status: 400,
    audience: "caller",
    title: "The body is nested deeper than this route accepts",
  },
  unsupported_media_type: {
    status: 415,
    audience: "caller",
    title: "The content type is not one this route reads",
  },
  unsupported_version: {
    status: 400,
    audience: "caller",
    title: "The requested version of the API is not one that is spoken here",
  },
  request_timeout: {
    status: 503,
    audience: "operator",
    title: "The answer took longer than a request may take",
  },
  invalid_csrf_token: {
    status: 403,
    audience: "caller",
    title: "The form was not made for this sign-in",
  },
  not_found: { status: 404, audience: "caller", title: "There is no such thing here" },
  method_not_allowed: {
    status: 405,
    audience: "caller",
    title: "This path does not answer that method",
  },
  missing_api_key: { status: 401, audience: "caller", title: "No API key was sent" },
  malformed_api_key: { status: 401, audience: "caller", title: "The API key is not well-formed" },
  unknown_api_key: { status: 401, audience: "caller", title: "The API key is not known" },
  revoked_api_key: { status: 401, audience: "caller", title: "The API key was revoked" },
  expired_api_key: { status: 401, audience: "caller", title: "The API key has expired" },
  missing_scope: { status: 403, audience: "caller", title: "The API key may not do this" },
  missing_idempotency_key: {
    status: 400,
    audience: "caller",
    title: "This route needs an Idempotency-Key",
  },
  idempotency_key_reused: {
    status: 422,
    audience: "caller",
    title: "This Idempotency-Key was used with another body",
  },
  idempotency_key_in_flight: {
    status: 409,
    audience: "caller",
    title: "A request with this Idempotency-Key is still being worked on",
  },
  precondition_failed: {
    status: 412,
    audience: "caller",
    title: "The thing has changed since it was read",
  },
  too_many_requests: { status: 429, audience: "caller", title: "Too many requests" },
  internal_error: { status: 500, audience: "operator", title: "Usher failed to answer" },
  not_ready: { status: 503, audience: "operator", title: "A part that this needs is not ready" },

  // Approvals
  stale_revision: {
    status: 409,
    audience: "caller",
    title: "The order has changed since this decision was formed",
  },
  already_decided: { status: 409, audience: "caller", title: "This task was already decided" },
  self_approval: {
    status: 403,
    audience: "caller",
    title: "The requester, deal owner or last editor cannot approve",
  },
  not_an_approver: { status: 403, audience: "caller", title: "This task is not asked of you" },
  comment_required: { status: 400, audience: "caller", title: "This decision needs a comment" },

  // Orders
  order_not_cancelable: {
    status: 409,
    audience: "caller",
    title: "The order cannot be canceled in its state",
  },
  order_not_resumable: {
    status: 409,
    audience: "caller",
    title: "The order is not waiting to be resumed",
  },
  order_not_renewable: {
    status: 409,
    audience: "caller",
    title: "No renewal can be opened for the order",
  },
  order_version_conflict: {
    status: 409,
    audience: "caller",
    title: "Another version of this order exists with other content",
  },
  order_phase_conflict: {
    status: 409,
    audience: "caller",
    title: "The order does not stand where this could be done",
  },

  // Checkouts
  checkout_not_offered: {
    status: 409,
    audience: "operator",
    title: "No billing connection opens checkout pages",
  },
  checkout_refused: {
    status: 422,
    audience: "caller",
    title: "This cannot be sold on a checkout page",
  },

  // Connections
  credentials_refused: {
    status: 422,
    audience: "caller",
    title: "The vendor refuses the new credentials",
  },
  credentials_unproven: {
    status: 503,
    audience: "operator",
    title: "The new credentials could not be proven",
  },
  vendor_unreachable: {
    status: 503,
    audience: "operator",
    title: "The vendor did not answer as it should",
  },
  rotation_overtaken: {
    status: 409,
    audience: "caller",
    title: "Another rotation of this connection came in between",
  },

  // Inbound events
  unknown_connection: { status: 404, audience: "caller", title: "There is no such connection" },
  signature_missing: { status: 401, audience: "caller", title: "The event carries no signature" },
  signature_invalid: {
    status: 401,
    audience: "caller",
    title: "The event's signature does not match",
  },
  signature_stale: { status: 401, audience: "caller", title: "The event's signature is too old" },
  signature_in_future: {
    status: 401,
    audience: "caller",
    title: "The event's signature is from the future",
  },

  // Tokens and keys
  token_revoked: { status: 409, audience: "caller", title: "The token was already revoked" },
  nothing_to_sign: {
    status: 409,
    audience: "caller",
    title: "The customer holds nothing that a token could carry",
  },

  // Catalog
  catalog_invalid: { status: 400, audience: "caller", title: "The catalog contradicts itself" },

  // What is wrong with a deal
  unknown_product: { status: null, audience: "sales", title: "The product is not in the catalog" },
  currency_mismatch: {
    status: null,
    audience: "sales",
    title: "A line is priced in another currency than the deal",
  },
  missing_currency: { status: null, audience: "sales", title: "The deal names no usable currency" },
  invalid_quantity: {
    status: null,
    audience: "sales",
    title: "The quantity is not a whole number of at least one",
  },
  invalid_price: {
    status: null,
    audience: "sales",
    title: "The price is not an amount in the deal's currency",
  },
  missing_account: { status: null, audience: "sales", title: "The deal has no account" },
  missing_lines: { status: null, audience: "sales", title: "The deal has no lines" },
  duplicate_line: { status: null, audience: "sales", title: "Two lines carry the same id" },
  missing_term: { status: null, audience: "sales", title: "A line names no start or no length" },
  term_ends_before_start: {
    status: null,
    audience: "sales",
    title: "A line ends before it starts",
  },
  invalid_term: {
    status: null,
    audience: "sales",
    title: "A line's term is not a whole number of months",
  },
  invalid_country: {
    status: null,
    audience: "sales",
    title: "The account's country is no country",
  },
  deal_reopened: {
    status: null,
    audience: "sales",
    title: "The deal was re-opened after it was won",
  },
  deal_cancels: {
    status: null,
    audience: "sales",
    title: "The deal is a cancelation, which no order can carry out",
  },
  deal_deleted: { status: null, audience: "sales", title: "The deal is gone from the CRM" },
  account_deleted: {
    status: null,
    audience: "sales",
    title: "The deal's account is gone from the CRM",
  },
  currency_changed: {
    status: null,
    audience: "sales",
    title: "The deal's currency changed after it was billed",
  },

  // What went wrong on the way
  changes_requested: { status: null, audience: "sales", title: "An approver asked for changes" },
  approval_lapsed: { status: null, audience: "sales", title: "Nobody decided in time" },
  amendment_rejected: {
    status: null,
    audience: "sales",
    title: "A change of an active order was rejected",
  },
  no_eligible_approver: {
    status: null,
    audience: "operator",
    title: "Too few people may decide an approval",
  },
  billing_refused: {
    status: null,
    audience: "operator",
    title: "The billing system refused the order",
  },
  billing_unreachable: {
    status: null,
    audience: "operator",
    title: "The billing system could not be reached",
  },
  booking_refused: {
    status: null,
    audience: "operator",
    title: "The ERP refused the order",
  },
  booking_unreachable: {
    status: null,
    audience: "operator",
    title: "The ERP could not be reached",
  },
  write_back_refused: { status: null, audience: "sales", title: "The CRM refused the status" },
  write_back_unreachable: {
    status: null,
    audience: "operator",
    title: "The CRM could not be reached",
  },
  connection_needs_attention: {
    status: null,
    audience: "operator",
    title: "A connection needs new credentials or rights",
  },
  undo_failed: {
    status: null,
    audience: "operator",
    title: "Something could not be taken back",
  },
  unexpected_failure: {
    status: null,
    audience: "operator",
    title: "A step failed in a way nobody foresaw",
  },
} as const satisfies Record<string, ErrorDefinition>;
