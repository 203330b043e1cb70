/** Every control route with one sentence: served as JSON at `GET /control`, and the README's table. */
export const CONTROL_ROUTES: readonly { readonly route: string; readonly what: string }[] = [
  { route: "GET /control/health", what: "Ready." },
  {
    route: "POST /control/salesforce/deals",
    what: "Wins a deal: account, products, deal and lines as needed, in one transaction.",
  },
  {
    route: "GET /control/salesforce/deals?status=&won=&q=&limit=&offset=",
    what: "Deals with lines and status fields, newest change first.",
  },
  { route: "GET /control/salesforce/deals/:id", what: "One deal." },
  {
    route: "PATCH /control/salesforce/deals/:id",
    what: "Edits a deal: stage, currency, all lines, single lines, any field.",
  },
  {
    route: "POST /control/salesforce/deals/:id/reopen",
    what: "Puts a closed deal back to negotiation.",
  },
  { route: "POST /control/salesforce/deals/:id/win", what: "Puts a deal to Closed Won." },
  {
    route: "POST /control/salesforce/deals/:id/delete_account",
    what: "Deletes the deal's account; its deals stay without one, or go with it.",
  },
  { route: "DELETE /control/salesforce/deals/:id", what: "Deletes a deal." },
  {
    route: "POST /control/salesforce/bulk",
    what: "Loads accounts, products and opportunities; repeatable by ref.",
  },
  { route: "GET /control/salesforce/settings", what: "The org's settings." },
  {
    route: "PATCH /control/salesforce/settings",
    what: "Deployed fields, prefix, page size, API limit, echoes, late commits, JWT key, token life.",
  },
  { route: "POST /control/salesforce/fields", what: "Adds a custom field to an object." },
  { route: "POST /control/salesforce/expire_tokens", what: "Ends every session now." },
  { route: "POST /control/salesforce/expire_locators", what: "Forgets every query locator." },
  {
    route: "POST /control/hubspot/deals",
    what: "Wins a deal in HubSpot: company, products, deal and lines as needed.",
  },
  {
    route: "GET /control/hubspot/deals?status=&q=&limit=&offset=",
    what: "HubSpot's deals with lines and status properties, newest change first.",
  },
  { route: "GET /control/hubspot/deals/:id", what: "One deal." },
  { route: "PATCH /control/hubspot/deals/:id", what: "Edits a deal, as Salesforce's." },
  { route: "POST /control/hubspot/deals/:id/reopen", what: "Puts a closed deal back." },
  { route: "POST /control/hubspot/deals/:id/win", what: "Puts a deal to the won stage." },
  {
    route: "POST /control/hubspot/deals/:id/delete_account",
    what: "Deletes the deal's company; its deals stay without one, or go with it.",
  },
  { route: "DELETE /control/hubspot/deals/:id", what: "Archives a deal." },
  {
    route: "POST /control/hubspot/bulk",
    what: "Loads companies, products and deals; repeatable by ref; the body is Salesforce's.",
  },
  { route: "GET /control/hubspot/settings", what: "The portal's settings." },
  {
    route: "PATCH /control/hubspot/settings",
    what: "Scopes, limits, search lag, echoes, token life, how long the journal is kept.",
  },
  { route: "POST /control/hubspot/expire_tokens", what: "Ends every OAuth token now." },
  {
    route: "POST /control/netsuite/certificates",
    what: "Maps a certificate to an integration; its id is the assertion's kid.",
  },
  {
    route: "POST /control/netsuite/refresh_sandbox",
    what: "Forgets every mapped certificate, as the refresh of a sandbox does.",
  },
  { route: "POST /control/netsuite/expire_tokens", what: "Ends every token now." },
  {
    route: "PATCH /control/netsuite/settings",
    what: "Permissions, custom fields, OneWorld, concurrency and how overload looks, wait of jobs.",
  },
  {
    route: "GET /control/netsuite/orders/:external_id",
    what: "A sales order with the invoices and credits that followed.",
  },
  {
    route: "POST /control/netsuite/orders/:external_id/bill",
    what: "Accounting bills what is left of the order.",
  },
  {
    route: "POST /control/netsuite/transactions/:id/standing",
    what: "Accounting approves, settles, rejects or voids an invoice or a credit.",
  },
  { route: "GET /control/stripe/customers?limit=", what: "Customers, newest first." },
  {
    route: "GET /control/stripe/subscriptions?customer=&limit=",
    what: "Subscriptions with sums per product.",
  },
  {
    route: "GET /control/stripe/invoices?customer=&status=&limit=",
    what: "Invoices with sums per product.",
  },
  {
    route: "POST /control/stripe/invoices/:id/pay",
    what: "The customer pays; a draft is finalized first.",
  },
  { route: "POST /control/stripe/invoices/:id/fail", what: "The customer's payment is declined." },
  {
    route: "POST /control/stripe/invoices/:id/void",
    what: "Somebody voids the invoice in the dashboard.",
  },
  {
    route: "POST /control/stripe/subscriptions/:id/cancel",
    what: "Somebody cancels the subscription in the dashboard.",
  },
  {
    route: "POST /control/stripe/checkout_sessions/:id/complete",
    what: "The customer goes through the checkout: paid, pending (a payment that takes days), failed.",
  },
  {
    route: "POST /control/stripe/customers/:id/payment_method",
    what: "From now on the customer's payments succeed, fail, or have no method.",
  },
  { route: "GET /control/stripe/settings", what: "The account's settings." },
  {
    route: "PATCH /control/stripe/settings",
    what: "Default payment outcome, auto-finalize wait, search lag, secret key.",
  },
  { route: "POST /control/faults", what: "Makes something go wrong, n times or until taken away." },
  { route: "GET /control/faults", what: "Faults in force." },
  { route: "DELETE /control/faults?vendor=", what: "Takes all faults away." },
  { route: "DELETE /control/faults/:id", what: "Takes one fault away." },
  { route: "POST /control/webhooks", what: "Registers an endpoint of a vendor." },
  { route: "GET /control/webhooks", what: "Endpoints, behavior, pending and recent deliveries." },
  { route: "DELETE /control/webhooks/:id", what: "Removes an endpoint." },
  {
    route: "PATCH /control/webhooks/behavior",
    what: "Hold, duplicate, shuffle, delay, retry delays.",
  },
  { route: "POST /control/webhooks/release", what: "Lets go what is held or waiting for a retry." },
  {
    route: "POST /control/webhooks/forge",
    what: "Sends a forged, stale, future, altered or replayed notification; answers with the hub's status.",
  },
  {
    route: "GET /control/requests?vendor=&limit=",
    what: "The last requests of the vendors' APIs, newest first.",
  },
  {
    route: "GET /control/state/summary",
    what: "Counts and sums per product in minor units, CRM and billing.",
  },
  { route: "POST /control/reset", what: "Back to an empty org, portal and account." },
];
