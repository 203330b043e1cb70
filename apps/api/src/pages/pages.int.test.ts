import { createId, type TenantTransaction } from "@usher/database";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../testing/api-rig.ts";
import { askedForApproval } from "../testing/asked-for-approval.ts";
import { type Browser, formOf, signIn } from "../testing/browser.ts";
import { carryOrder } from "../testing/carry-order.ts";
import { grantedCustomer } from "../testing/granted-customer.ts";
import { anOrderRequest } from "../testing/order-request.ts";
import { stylesheet } from "./stylesheet.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

describe("signing in", () => {
  it("shows a form to whoever is not signed in, and leads back to the page they wanted", async () => {
    const asked = await rig.get("/orders", { key: "" });
    expect(asked.status).toBe(303);
    expect(asked.headers.get("location")).toBe("/sign-in?back=%2Forders");
    const browser = await signIn(rig, rig.tenant.people.dana.key, { back: "/approvals" });
    expect(browser.landedAt).toBe("/approvals");
  });

  it("gives a cookie that no script can read and no other site can use", async () => {
    const { setCookie } = await signIn(rig, rig.tenant.people.dana.key);
    expect(setCookie).toMatch(/^usher_session=[\w-]{43};/);
    expect(setCookie).toContain("HttpOnly");
    expect(setCookie).toContain("SameSite=Strict");
  });

  it("refuses a machine's key, an unknown key and a key of nonsense, each in words", async () => {
    for (const [key, words] of [
      [rig.tenant.key, "belongs to a machine"],
      ["usher_sk_nonsense", "well-formed"],
    ] as const) {
      const answer = await rig.post("/sign-in", { key: "", ...formOf({ api_key: key }) });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).toContain(words);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
  });

  it("opens a one-time link without using it up, and signs in once by its button", async () => {
    const link = await rig.post("/v1/sign_in_links", {
      body: { email: rig.tenant.people.dana.user.email },
    });
    const { pathname, search, searchParams } = new URL(link.json.url);
    for (let scanner = 0; scanner < 3; scanner += 1) {
      const { text } = await rig.get(pathname + search, { key: "" });
      expect(text).toContain("works once");
      // It would lead back to this page without the code.
      expect(text).not.toContain("/time-zone");
    }
    const form = formOf({ code: searchParams.get("code") ?? "" });
    const first = await rig.post("/sign-in", { key: "", ...form });
    const second = await rig.post("/sign-in", { key: "", ...form });
    expect([first.status, second.status]).toEqual([303, 401]);
    expect(second.text).toContain("used already");
  });

  it("goes back to paths of our own only", async () => {
    for (const back of [
      "https://evil.test/",
      "//evil.test/",
      "/\\evil.test",
      "javascript:alert(1)",
    ]) {
      const { landedAt } = await signIn(rig, rig.tenant.people.dana.key, { back });
      expect(landedAt).toBe("/orders");
    }
  });

  it("ends with the session", async () => {
    const browser = await signIn(rig, rig.tenant.people.dana.key);
    const out = await browser.post("/sign-out", {});
    expect(out.status).toBe(303);
    expect((await browser.get("/orders")).status).toBe(303);
  });
});

describe("the pages", () => {
  it("are small, need no script and load from nowhere else", async () => {
    const { orderId, taskId } = await askedForApproval(rig);
    // A long story, as an order has that was mended again and again.
    await rig.inTenant(async (tx) => {
      for (let sequence = 100; sequence < 160; sequence += 1) {
        const data = {
          type: "order_resumed",
          revision: 1,
          by: "dana",
          because: "it was looked at again",
        };
        await tx.db
          .insertInto("order_events")
          .values({ order_id: orderId, sequence, type: data.type, data, actor: "dana" })
          .execute();
      }
    });
    const browser = await signIn(rig, rig.tenant.people.dana.key);
    for (const path of [
      "/orders",
      `/orders/${orderId}`,
      "/approvals",
      `/approvals/${taskId}`,
      "/sign-in",
    ]) {
      const page = await browser.get(path);
      expect(page.status, path).toBe(200);
      expect(page.text.length + stylesheet.length, path).toBeLessThan(20_000);
      expect(page.text).not.toMatch(/<script|\son\w+=|style="|javascript:/);
      expect(
        page.text
          .match(/(?:src|href)="(?!\/|data:|#|\?)[^"]*"/g)
          ?.filter((link) => !link.includes("temporal.test")) ?? [],
      ).toEqual([]);
      const policy = page.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
    }
  });

  it("name every control and say the language", async () => {
    const { taskId } = await askedForApproval(rig);
    const browser = await signIn(rig, rig.tenant.people.dana.key);
    const { text } = await browser.get(`/approvals/${taskId}`);
    expect(text).toContain('<html lang="en">');
    for (const [, id] of text.matchAll(
      /<(?:input|textarea)(?![^>]*type="hidden")[^>]*\bid="([^"]+)"/g,
    )) {
      expect(text).toContain(`<label for="${id}"`);
    }
    for (const [image] of text.matchAll(/<svg[^>]*>/g))
      expect(image).toMatch(/aria-hidden="true"|role="img" aria-label="[^"]+"/);
  });

  it("tell an order's story: where it stands, who holds it, what was sold, what happened", async () => {
    const { orderId } = await askedForApproval(rig);
    const browser = await signIn(rig, rig.tenant.people.seller.key);
    const { text } = await browser.get(`/orders/${orderId}`);
    expect(text).toContain("Waiting on Finance");
    expect(text).toContain("Asked for approval: Finance");
    expect(text).toContain("18,000.00 USD");
    expect(text).toContain("28 %");
    expect(text).toMatch(/<time datetime="[^"]+Z">\d+ \w+ \d{4}, \d\d:\d\d CET/);
    expect(text).toContain("http://temporal.test/order%3A");
  });

  it("say what to mend when a deal is wrong, with record and field", async () => {
    const body = anOrderRequest({ sku: "GTXPro" });
    const taken = await rig.post("/v1/orders", {
      body,
      headers: { "Idempotency-Key": "page-fault" },
    });
    await carryOrder(rig, { orderId: taken.json.id });
    const browser = await signIn(rig, rig.tenant.people.seller.key);
    const { text } = await browser.get(`/orders/${taken.json.id}`);
    expect(text).toContain("Action needed");
    expect(text).toContain("GTXPro");
    expect(text).toContain("/docs/errors/unknown_product");
  });

  it("show what was granted once it is", async () => {
    const { orderId } = await grantedCustomer(rig);
    const browser = await signIn(rig, rig.tenant.people.seller.key);
    const { text } = await browser.get(`/orders/${orderId}`);
    expect(text).toContain("Access granted");
    expect(text).toContain("lic_");
    expect(text).toContain("250 seats");
  });

  it("are not found for another tenant", async () => {
    const { orderId, taskId } = await askedForApproval(rig);
    const stranger = await signIn(rig, rig.foreign.people.dana.key);
    expect((await stranger.get(`/orders/${orderId}`)).status).toBe(404);
    expect((await stranger.get(`/approvals/${taskId}`)).status).toBe(404);
    const decided = await stranger.post(`/approvals/${taskId}/decision`, {
      decision: "approve",
      revision_hash: "x",
    });
    expect(decided.status).toBe(404);
  });

  it("tell times in the zone that the viewer chooses", async () => {
    const { orderId } = await askedForApproval(rig);
    const browser = await signIn(rig, rig.tenant.people.seller.key);
    await browser.get("/time-zone?time_zone=America%2FNew_York&back=%2Forders");
    expect((await browser.get(`/orders/${orderId}`)).text).toMatch(/\d\d:\d\d (GMT-[45]|E[SD]T)/);
  });
});

describe("deciding on a page", () => {
  it("counts once: opening decides nothing, the button does, a late click is told who was first", async () => {
    const { orderId, taskId, revisionHash } = await askedForApproval(rig);
    const dana = await signIn(rig, rig.tenant.people.dana.key);
    const fred = await signIn(rig, rig.tenant.people.fred.key);
    for (let look = 0; look < 3; look += 1) await dana.get(`/approvals/${taskId}`);
    expect((await rig.get(`/v1/approval_tasks/${taskId}`)).json.status).toBe("open");

    const decided = await dana.post(`/approvals/${taskId}/decision`, {
      decision: "approve",
      revision_hash: revisionHash,
    });
    expect(decided.status).toBe(303);
    expect((await rig.get(`/v1/approval_tasks/${taskId}`)).json.status).toBe("approved");

    const late = await fred.post(`/approvals/${taskId}/decision`, {
      decision: "reject",
      revision_hash: revisionHash,
      comment: "no",
    });
    expect(late.status).toBe(409);
    expect(late.text).toMatch(/dana approved this at \d+ \w+ \d{4}, \d\d:\d\d CET/);
    expect(await carryOrder(rig, { orderId })).toBe("done");
  });

  it("goes on to show what was decided about, also once the order itself is what they have", async () => {
    const { orderId, taskId, revisionHash } = await askedForApproval(rig);
    const dana = await signIn(rig, rig.tenant.people.dana.key);
    const changes = async () =>
      /<h2>What changes for the customer<\/h2>.*?<\/table>/s.exec(
        (await dana.get(`/approvals/${taskId}`)).text,
      )?.[0];
    const asked = await changes();
    expect(asked).toContain("nothing");
    const fields = { decision: "approve", revision_hash: revisionHash };
    await dana.post(`/approvals/${taskId}/decision`, fields);
    expect(await carryOrder(rig, { orderId })).toBe("done");
    expect(await changes()).toBe(asked);
  });

  it("refuses a form without the session's token, and one from another site", async () => {
    const { taskId, revisionHash } = await askedForApproval(rig);
    const dana = await signIn(rig, rig.tenant.people.dana.key);
    const fields = { decision: "approve", revision_hash: revisionHash };
    const forged = await dana.post(`/approvals/${taskId}/decision`, {
      ...fields,
      csrf_token: "guess",
    });
    const foreign = await dana.post(`/approvals/${taskId}/decision`, fields, {
      "Sec-Fetch-Site": "cross-site",
    });
    expect([forged.status, foreign.status]).toEqual([403, 403]);
    expect((await rig.get(`/v1/approval_tasks/${taskId}`)).json.status).toBe("open");
  });

  it("keeps what was typed when a comment is missing or too late", async () => {
    const { taskId, revisionHash } = await askedForApproval(rig);
    const dana = await signIn(rig, rig.tenant.people.dana.key);
    const silent = await dana.post(`/approvals/${taskId}/decision`, {
      decision: "reject",
      revision_hash: revisionHash,
    });
    expect(silent.status).toBe(400);
    expect(silent.text).toContain("Say why in the comment");
    const stale = await dana.post(`/approvals/${taskId}/decision`, {
      decision: "reject",
      revision_hash: "older",
      comment: "Net-45 please",
    });
    expect(stale.status).toBe(409);
    expect(stale.text).toContain("Net-45 please");
  });

  it("approves many of one stage at once, each by itself, and only by the button", async () => {
    const asked = [
      await askedForApproval(rig),
      await askedForApproval(rig),
      await askedForApproval(rig),
    ];
    const dana = await signIn(rig, rig.tenant.people.dana.key);
    const list = await dana.get("/approvals");
    const href = /href="(\/approvals\/together\?stage=[^"]+)"/.exec(list.text)?.[1] ?? "";
    const page = await dana.get(href);
    for (const { taskId, revisionHash } of asked) {
      expect(page.text).toContain(`name="task:${taskId}" value="${revisionHash}" checked`);
      expect((await rig.get(`/v1/approval_tasks/${taskId}`)).json.status).toBe("open");
    }
    const [one, other, left] = asked;
    const done = await dana.post("/approvals/together", {
      stage: "finance",
      [`task:${one?.taskId}`]: one?.revisionHash ?? "",
      [`task:${other?.taskId}`]: "an older hash",
      "task:no-task-at-all": "hash",
    });
    expect(done.text).toContain("One order approved");
    expect(done.text).toContain("One was not");
    const statusOf = async (taskId = "") =>
      (await rig.get(`/v1/approval_tasks/${taskId}`)).json.status;
    expect(await statusOf(one?.taskId)).toBe("approved");
    expect(await statusOf(other?.taskId)).toBe("open");
    expect(await statusOf(left?.taskId)).toBe("open");
    const forged = await dana.post("/approvals/together", {
      csrf_token: "guess",
      [`task:${left?.taskId}`]: left?.revisionHash ?? "",
    });
    expect(forged.status).toBe(403);
    expect(await statusOf(left?.taskId)).toBe("open");
    expect((await dana.post("/approvals/together", { stage: "finance" })).status).toBe(303);
  });

  it("reaches every task without a script, however many wait: in the lists, and by the stage", async () => {
    const { taskId } = await askedForApproval(rig);
    const copies = 230;
    await rig.inTenant((tx) => copyAskedOrder(tx, { taskId, copies }));
    const open = async (key: string) =>
      new Set(await everyTask(`/v1/approval_tasks?status=open&mine=true&limit=100`, key));
    const dana = await signIn(rig, rig.tenant.people.dana.key);
    const asked = await open(rig.tenant.people.dana.key);
    expect(asked.size).toBeGreaterThan(copies);

    const listed = await everyLink(dana, "/approvals", /\/approvals\/(apt_\w+)"/g);
    expect(listed.found).toEqual(asked);
    expect(listed.first).toContain(`${asked.size} decisions wait for you`);
    expect(listed.first).toContain(`Approve the ${asked.size} of Finance together`);

    const together = await everyLink(
      dana,
      "/approvals/together?stage=finance",
      /name="task:(apt_\w+)"/g,
    );
    expect(together.found).toEqual(asked);

    // Whoever may decide none of them sees them all as what others are asked.
    const seller = await signIn(rig, rig.tenant.people.seller.key);
    const seen = await everyLink(seller, "/approvals", /\/approvals\/(apt_\w+)"/g);
    expect(seen.found).toEqual(asked);
    expect(seen.first).toContain("Nothing waits for you");
  });

  it("refuses a place in a list that no list ever gave", async () => {
    const dana = await signIn(rig, rig.tenant.people.dana.key);
    for (const path of [
      "/approvals?mine=nonsense",
      "/approvals?others=nonsense",
      "/approvals/together?stage=finance&cursor=nonsense",
    ]) {
      expect((await dana.get(path)).status, path).toBe(400);
    }
  });

  it("offers no button to the seller", async () => {
    const { taskId } = await askedForApproval(rig);
    const seller = await signIn(rig, rig.tenant.people.seller.key);
    const { text } = await seller.get(`/approvals/${taskId}`);
    expect(text).toContain("not yours to decide");
    expect(text).not.toContain('value="approve"');
  });
});

describe("what people type", () => {
  it("is shown as text, whatever it holds", async () => {
    const body = anOrderRequest({ unitPrice: "72.00" });
    const nasty = `<img src=x onerror=alert(1)>"'&`;
    const taken = await rig.post("/v1/orders", {
      key: rig.tenant.people.seller.key,
      body: { ...body, name: nasty, customer: { ...body.customer, name: nasty } },
      headers: { "Idempotency-Key": "nasty" },
    });
    await carryOrder(rig, { orderId: taken.json.id });
    const browser = await signIn(rig, rig.tenant.people.dana.key);
    const task = (await rig.get(`/v1/approval_tasks?order_id=${taken.json.id}`)).json.data[0];
    for (const path of [
      "/orders",
      `/orders/${taken.json.id}`,
      "/approvals",
      `/approvals/${task.id}`,
    ]) {
      const { text } = await browser.get(path);
      expect(text).not.toContain("<img");
      expect(text).toContain("&lt;img src=x");
    }
  });
});

describe("the reference", () => {
  it("is served without a key: docs, and a page for every error code", async () => {
    expect((await rig.get("/docs", { key: "" })).text).toContain("POST /v1/orders");
    const index = await rig.get("/docs/errors", { key: "" });
    const codes = [...index.text.matchAll(/href="\/docs\/errors\/(\w+)"/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(60);
    for (const code of codes) {
      const page = await rig.get(`/docs/errors/${code}`, { key: "" });
      expect(page.status, code).toBe(200);
      expect(page.text, code).toContain("What happened");
    }
    expect((await rig.get("/docs/errors/no_such_code", { key: "" })).status).toBe(404);
  });

  it("answers a wrong link with a page in a browser, and with a problem elsewhere", async () => {
    const inBrowser = await rig.get("/ordres", { key: "", headers: { Accept: "text/html,*/*" } });
    expect(inBrowser.status).toBe(404);
    expect(inBrowser.text).toContain("There is no such page");
    for (const path of ["/ordres", "/v1/ordres"]) {
      const elsewhere = await rig.get(path, { key: "", headers: { Accept: "*/*" } });
      expect(elsewhere.json).toMatchObject({ status: 404, code: "not_found" });
    }
  });
});

/** What `pattern` finds on the page and on those its links to older ones lead to. */
async function everyLink(browser: Browser, path: string, pattern: RegExp) {
  const found = new Set<string>();
  let first: string | undefined;
  let next: string | undefined = path;
  while (next !== undefined) {
    const page = await browser.get(next);
    expect(page.status, next).toBe(200);
    first ??= page.text;
    for (const [, id = ""] of page.text.matchAll(pattern)) found.add(id);
    next = /href="([^"]+)">Older ones/.exec(page.text)?.[1]?.replaceAll("&amp;", "&");
  }
  return { first, found };
}

async function everyTask(path: string, key: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const { json } = await rig.get(`${path}${cursor === null ? "" : `&cursor=${cursor}`}`, { key });
    ids.push(...json.data.map((one: { id: string }) => one.id));
    cursor = json.next_cursor;
  } while (cursor !== null);
  return ids;
}

/** Many orders that ask the same of the same people; made by copying one, which is much quicker. */
async function copyAskedOrder(
  tx: TenantTransaction,
  { taskId, copies }: { readonly taskId: string; readonly copies: number },
): Promise<void> {
  const { order_id: orderId } = await tx.db
    .selectFrom("approval_tasks")
    .select("order_id")
    .where("id", "=", taskId)
    .executeTakeFirstOrThrow();
  const ids = Array.from({ length: copies }, () => ({
    order_id: createId("order"),
    task_id: createId("approvalTask"),
  }));
  const copied = sql`jsonb_to_recordset(${JSON.stringify(ids)}::jsonb) as i (order_id text, task_id text)`;
  await sql`
    insert into orders (id, kind, source_system, source_id, source_read_at, deal_name, customer_id, status,
        state, revision, revision_hash, currency, status_since, waiting_on, event_sequence)
      select i.order_id, o.kind, o.source_system, i.order_id, o.source_read_at, o.deal_name, o.customer_id,
          o.status, o.state, o.revision, o.revision_hash, o.currency, o.status_since, o.waiting_on,
          o.event_sequence
        from orders o, ${copied} where o.id = ${orderId}`.execute(tx.db);
  await sql`
    insert into order_revisions (order_id, revision, source_version, deal, content, content_hash, received_from)
      select i.order_id, r.revision, r.source_version, r.deal, r.content, r.content_hash, r.received_from
        from order_revisions r, ${copied} where r.order_id = ${orderId}`.execute(tx.db);
  await sql`
    insert into approval_tasks (id, order_id, revision, revision_hash, path_revision, stage_key, stage_name,
        step, stage, inputs_hash, approver_emails, excluded_emails, status, opened_at, due_at)
      select i.task_id, i.order_id, t.revision, t.revision_hash, t.path_revision, t.stage_key, t.stage_name,
          t.step, t.stage, t.inputs_hash, t.approver_emails, t.excluded_emails, t.status, t.opened_at, t.due_at
        from approval_tasks t, ${copied} where t.id = ${taskId}`.execute(tx.db);
}
