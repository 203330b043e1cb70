import type { Context, Hono } from "hono";
import { z } from "zod";
import type { NodeEnv } from "../../http-answer.ts";
import { HubSpotError } from "../../hubspot/hubspot-error.ts";
import { SalesforceError } from "../../salesforce/salesforce-error.ts";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { StripeError } from "../../stripe/stripe-error.ts";
import { completeByCustomer, declineByCustomer, payByCustomer } from "../billing-routes.ts";
import { ControlError } from "../control-error.ts";
import {
  behaviorInput,
  editDealInput,
  faultInput,
  releaseInput,
  winDealInput,
} from "../control-input.ts";
import { deleteAccountOf, editDeal, livingDeal } from "../edit-deal.ts";
import { deleteCompanyOf, editHubSpotDeal } from "../hubspot/edit-hubspot-deal.ts";
import { winHubSpotDeal } from "../hubspot/win-hubspot-deal.ts";
import { showDeal } from "../show-deal.ts";
import { toFault } from "../to-fault.ts";
import { winDeal } from "../win-deal.ts";
import { billingPage } from "./billing-page.ts";
import { checkoutPage } from "./checkout-page.ts";
import { dealPage, dealsPage } from "./deals-page.ts";
import { hubspotPage } from "./hubspot-page.ts";
import { type Markup, pageFrame } from "./page-frame.ts";
import { requestsPage } from "./requests-page.ts";
import { weatherPage } from "./weather-page.ts";

type Form = Readonly<Record<string, string>>;

/** The pages for people: server-rendered, without script; every button is a form. */
export function addPageRoutes(app: Hono<NodeEnv>, parts: SimulatorParts): void {
  const { org, account, faults, webhooks } = parts;

  const page = (
    context: Context<NodeEnv>,
    input: { title: string; current: string; body: Markup },
  ) => {
    const done = context.req.query("done");
    const failed = context.req.query("failed");
    // Only on request: a page that reloads by itself would wipe out what is being typed.
    const refreshSeconds = context.req.query("follow") === undefined ? undefined : 3;
    return context.html(pageFrame({ ...input, done, failed, refreshSeconds }));
  };

  app.get("/", (context) =>
    page(context, {
      title: "Deals",
      current: "/",
      body: dealsPage(parts, {
        text: context.req.query("q") || undefined,
        status: context.req.query("status") || undefined,
      }),
    }),
  );
  app.get("/deals/:id", (context) => {
    const deal = showDeal(org, livingDeal(org, context.req.param("id")));
    return page(context, { title: deal.name, current: "/", body: dealPage(parts, deal) });
  });
  app.get("/hubspot", (context) =>
    page(context, {
      title: "HubSpot",
      current: "/hubspot",
      body: hubspotPage(parts, {
        text: context.req.query("q") || undefined,
        status: context.req.query("status") || undefined,
      }),
    }),
  );
  app.get("/billing", (context) =>
    page(context, { title: "Billing", current: "/billing", body: billingPage(parts) }),
  );
  app.get("/c/pay/:id", (context) =>
    page(context, {
      title: "Checkout",
      current: "",
      body: checkoutPage(parts, context.req.param("id")),
    }),
  );
  app.get("/weather", (context) =>
    page(context, { title: "Faults and webhooks", current: "/weather", body: weatherPage(parts) }),
  );
  app.get("/requests", (context) =>
    page(context, {
      title: "Requests",
      current: "/requests",
      body: requestsPage(parts),
    }),
  );

  app.post("/ui/win", (context) =>
    act(context, "/", (form) => {
      const deal = winDeal(org, winDealInput.parse(wonDealOf(form)));
      return `${String(deal.values["Name"])} is won.`;
    }),
  );
  app.post("/ui/hubspot/win", (context) =>
    act(context, "/hubspot", (form) => {
      const deal = winHubSpotDeal(parts, winDealInput.parse(wonDealOf(form)));
      return `${deal.properties["dealname"]} is won.`;
    }),
  );
  app.post("/ui/hubspot/deals/:id/:action", (context) => {
    const { id, action } = context.req.param();
    return act(context, "/hubspot", () => {
      if (action === "delete_account") {
        deleteCompanyOf(parts, id, "keep");
        return "The company is deleted; its deals have none now.";
      }
      const stage = action === "win" ? "Closed Won" : "Negotiation/Review";
      editHubSpotDeal(parts, id, editDealInput.parse({ stage }));
      return action === "win" ? "The deal is won." : "The deal is open again.";
    });
  });
  app.post("/ui/deals/:id/:action", (context) => {
    const { id, action } = context.req.param();
    const back =
      action === "line" || action === "add_line" || action === "currency" ? `/deals/${id}` : "/";
    return act(context, back, (form) => editByForm(parts, id, action, form));
  });
  app.post("/ui/invoices/:id/:action", (context) => {
    const { id, action } = context.req.param();
    return act(context, "/billing", () => {
      const row = action === "pay" ? payByCustomer(account, id) : declineByCustomer(account, id);
      return `Invoice ${row.number ?? row.id} is ${row.status === "paid" ? "paid" : "declined"}.`;
    });
  });
  app.post("/ui/checkout/:id/pay", (context) => {
    const { id } = context.req.param();
    return act(context, `/c/pay/${id}`, () => {
      completeByCustomer(account, id, "paid");
      return "Paid. The seller is told by a webhook.";
    });
  });
  app.post("/ui/faults", (context) =>
    act(context, "/weather", (form) => {
      const given = faultInput.parse({
        vendor: form["vendor"],
        kind: form["kind"],
        operation: form["operation"] || "*",
        times: form["times"] ? Number(form["times"]) : null,
        delay_ms: form["delay_ms"] ? Number(form["delay_ms"]) : undefined,
        message: form["message"] || null,
      });
      const fault = faults.add(toFault(given));
      return `${fault.kind} is set for ${fault.vendor} ${fault.operation}.`;
    }),
  );
  app.post("/ui/faults/clear", (context) =>
    act(context, "/", () => `${faults.removeAll()} faults are gone.`),
  );
  app.post("/ui/faults/:id/remove", (context) =>
    act(context, "/weather", () => {
      faults.remove(context.req.param("id"));
      return "The fault is gone.";
    }),
  );
  app.post("/ui/behavior", (context) =>
    act(context, "/weather", (form) => {
      const given = behaviorInput.parse({
        vendor: form["vendor"],
        hold: form["hold"] === "on",
        shuffle: form["shuffle"] === "on",
        duplicate: Number(form["duplicate"] ?? 0),
        delay_ms: Number(form["delay_ms"] ?? 0),
      });
      webhooks.setBehavior(given.vendor, {
        hold: given.hold ?? false,
        shuffle: given.shuffle ?? false,
        duplicate: given.duplicate ?? 0,
        delayMs: given.delay_ms ?? 0,
      });
      return `Notifications of ${given.vendor} behave so from now on.`;
    }),
  );
  app.post("/ui/release", (context) =>
    act(context, "/weather", (form) => {
      const { vendor } = releaseInput.parse({ vendor: form["vendor"] });
      return `${webhooks.release(vendor)} deliveries let go.`;
    }),
  );
}

function wonDealOf(form: Form) {
  const line = {
    product: form["product"],
    quantity: form["quantity"],
    unit_price: form["unit_price"],
    list_price: form["list_price"] || undefined,
    term_months: form["term_months"] ? Number(form["term_months"]) : undefined,
  };
  return {
    account: { name: form["account"], country: form["country"] || undefined },
    currency: form["currency"],
    lines: [line],
  };
}

function editByForm(parts: SimulatorParts, id: string, action: string, form: Form): string {
  const { org } = parts;
  const edit = (change: Record<string, unknown>) => editDeal(org, id, editDealInput.parse(change));
  switch (action) {
    case "reopen":
      edit({ stage: "Negotiation/Review" });
      return "The deal is open again.";
    case "win":
      edit({ stage: "Closed Won" });
      return "The deal is won.";
    case "delete_account":
      deleteAccountOf(org, id, "keep");
      return "The account is deleted; its deals have none now.";
    case "currency":
      edit({ currency: form["currency"] });
      return `The deal is in ${form["currency"]} now.`;
    case "add_line":
      edit({
        add_lines: [
          { product: form["product"], quantity: form["quantity"], unit_price: form["unit_price"] },
        ],
      });
      return "The line is added.";
    case "line":
      edit({
        edit_lines: [
          form["remove"] === "true"
            ? { id: form["id"], remove: true }
            : { id: form["id"], quantity: form["quantity"], unit_price: form["unit_price"] },
        ],
      });
      return "The line is changed.";
    default:
      throw new ControlError(404, `No action ${action}.`);
  }
}

/** Carries a form out and goes back to its page with the outcome in words. */
async function act(
  context: Context<NodeEnv>,
  back: string,
  run: (form: Form) => string,
): Promise<Response> {
  const form = Object.fromEntries(new URLSearchParams(await context.req.text()));
  const [name, words] = outcome(() => run(form));
  return context.redirect(`${back}?${name}=${encodeURIComponent(words)}`, 303);
}

function outcome(run: () => string): ["done" | "failed", string] {
  try {
    return ["done", run()];
  } catch (error) {
    if (error instanceof z.ZodError)
      return [
        "failed",
        error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "),
      ];
    if (
      error instanceof ControlError ||
      error instanceof SalesforceError ||
      error instanceof StripeError ||
      error instanceof HubSpotError
    )
      return ["failed", error.message];
    throw error;
  }
}
