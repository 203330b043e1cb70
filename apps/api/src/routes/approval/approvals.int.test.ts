import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { askedForApproval } from "../../testing/asked-for-approval.ts";
import { carryOrder } from "../../testing/carry-order.ts";
import { anOrderRequest } from "../../testing/order-request.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

const decide = (taskId: string, key: string, body: object) =>
  rig.post(`/v1/approval_tasks/${taskId}/decision`, { key, body });

describe("an approval task", () => {
  it("says what is asked, why, of whom and until when", async () => {
    const { taskId, revisionHash, orderId } = await askedForApproval(rig);
    const { json, headers } = await rig.get(`/v1/approval_tasks/${taskId}`);
    expect(json).toMatchObject({
      order_id: orderId,
      status: "open",
      stage_name: "Finance",
      revision_hash: revisionHash,
      quorum: { kind: "any" },
      reasons: [{ fact: "discount-percent", sentence: expect.stringContaining("28 %") }],
      approvers: [rig.tenant.people.dana.user.email, rig.tenant.people.fred.user.email],
      decisions: [],
    });
    expect(headers.get("etag")).toMatch(/^"/);
  });

  it("is listed for those who may decide it", async () => {
    const { taskId } = await askedForApproval(rig);
    const idsFor = async (key: string) =>
      (await rig.get("/v1/approval_tasks?mine=true&status=open&limit=200", { key })).json.data.map(
        (one: { id: string }) => one.id,
      );
    expect(await idsFor(rig.tenant.people.dana.key)).toContain(taskId);
    expect(await idsFor(rig.tenant.people.seller.key)).not.toContain(taskId);
  });

  it("approved goes on, and shows by whom and when", async () => {
    const { taskId, revisionHash, orderId } = await askedForApproval(rig);
    const approved = await decide(taskId, rig.tenant.people.dana.key, {
      decision: "approve",
      comment: "fine",
      revision_hash: revisionHash,
    });
    expect(approved.json).toMatchObject({
      status: "approved",
      decisions: [
        {
          decision: "approve",
          decided_by: rig.tenant.people.dana.user.email,
          comment: "fine",
          channel: "api",
        },
      ],
    });
    expect(await carryOrder(rig, { orderId })).toBe("done");
    expect((await rig.get(`/v1/orders/${orderId}`)).json.status).toBe("Active");
  });

  it("rejected ends the order and leaves no right behind", async () => {
    const { taskId, revisionHash, orderId } = await askedForApproval(rig);
    const rejected = await decide(taskId, rig.tenant.people.dana.key, {
      decision: "reject",
      comment: "too cheap",
      revision_hash: revisionHash,
    });
    expect(rejected.json.status).toBe("rejected");
    await carryOrder(rig, { orderId });
    const order = await rig.get(`/v1/orders/${orderId}`);
    expect(order.json.status).toBe("Rejected");
    const rights = await rig.get(`/v1/customers/${order.json.customer.id}/entitlements`);
    expect(rights.json.data).toEqual([]);
  });

  it.each([
    ["the seller who requested it", "seller", {}, 403, "self_approval"],
    ["a machine's key", "machine", {}, 403, "not_an_approver"],
    ["a hash of another revision", "dana", { revision_hash: "stale" }, 409, "stale_revision"],
    ["a no without a reason", "dana", { decision: "reject" }, 400, "comment_required"],
    ["a word that is no decision", "dana", { decision: "maybe" }, 400, "invalid_request"],
  ] as const)("refuses %s", async (_, who, change, status, code) => {
    const { taskId, revisionHash } = await askedForApproval(rig);
    const key = who === "machine" ? rig.tenant.key : rig.tenant.people[who].key;
    const answer = await decide(taskId, key, {
      decision: "approve",
      revision_hash: revisionHash,
      ...change,
    });
    expect(answer.json).toMatchObject({ status, code });
    expect((await rig.get(`/v1/approval_tasks/${taskId}`)).json.status).toBe("open");
  });

  it("counts one of two decisions at the same time, and tells the other one so", async () => {
    const { taskId, revisionHash } = await askedForApproval(rig);
    const { dana, fred } = rig.tenant.people;
    const answers = await Promise.all([
      decide(taskId, dana.key, { decision: "approve", revision_hash: revisionHash }),
      decide(taskId, fred.key, { decision: "reject", comment: "no", revision_hash: revisionHash }),
    ]);
    expect(answers.map((one) => one.status).toSorted((one, other) => one - other)).toEqual([
      200, 409,
    ]);
    expect(answers.find((one) => one.status === 409)?.json.code).toMatch(
      /already_decided|order_phase_conflict/,
    );
    expect((await rig.get(`/v1/approval_tasks/${taskId}`)).json.decisions).toHaveLength(1);
  });

  it("no longer counts once the deal has changed", async () => {
    const { taskId, revisionHash, orderId, body } = await askedForApproval(rig);
    const newer = {
      ...body,
      source: { ...body.source, version: "2" },
      lines: body.lines.map((line) => ({ ...line, unit_price: { amount: "70.00" } })),
    };
    await rig.post("/v1/orders", {
      key: rig.tenant.people.seller.key,
      body: newer,
      headers: { "Idempotency-Key": `newer-${orderId}` },
    });
    await carryOrder(rig, { orderId });
    const late = await decide(taskId, rig.tenant.people.dana.key, {
      decision: "approve",
      revision_hash: revisionHash,
    });
    expect(late.json).toMatchObject({ status: 409, code: "stale_revision" });
    expect((await rig.get(`/v1/approval_tasks/${taskId}`)).json.status).toBe("superseded");
  });
});

describe("many at once", () => {
  it("are each judged by themselves, in the order asked", async () => {
    const [first, second, stale] = [
      await askedForApproval(rig),
      await askedForApproval(rig),
      await askedForApproval(rig),
    ];
    const { json } = await rig.post("/v1/approval_decisions", {
      key: rig.tenant.people.dana.key,
      body: {
        decision: "approve",
        tasks: [
          { id: first.taskId, revision_hash: first.revisionHash },
          { id: stale.taskId, revision_hash: "stale" },
          { id: "apt_nonsense", revision_hash: "x" },
          { id: second.taskId, revision_hash: second.revisionHash },
        ],
      },
    });
    expect(json.data).toMatchObject([
      { id: first.taskId, decided: true, task: { status: "approved" } },
      { id: stale.taskId, decided: false, problem: { code: "stale_revision" } },
      { id: "apt_nonsense", decided: false, problem: { code: "not_found" } },
      { id: second.taskId, decided: true },
    ]);
  });
});

describe("the preview", () => {
  it("names the stages before anything is submitted, and stores nothing", async () => {
    const before = (await rig.get("/v1/orders")).json.data.length;
    const asked = await rig.post("/v1/approval_path_previews", {
      body: anOrderRequest({ unitPrice: "72.00" }),
    });
    expect(asked.json).toMatchObject({
      faults: [],
      stages: [
        {
          key: "finance",
          approvers: [{ group: "finance" }],
          reasons: [{ fact: "discount-percent" }],
          avoided_by: [
            {
              change: "raise_unit_price",
              line_id: "1",
              to_at_least: { amount: "80.00", currency: "USD" },
            },
          ],
        },
      ],
    });
    const justEnough = await rig.post("/v1/approval_path_previews", {
      body: anOrderRequest({ unitPrice: "80.00" }),
    });
    expect(justEnough.json.stages).toEqual([]);
    const free = await rig.post("/v1/approval_path_previews", {
      body: anOrderRequest({ unitPrice: "100.00" }),
    });
    expect(free.json.stages).toEqual([]);
    const faulty = await rig.post("/v1/approval_path_previews", {
      body: anOrderRequest({ sku: "NOPE" }),
    });
    expect(faulty.json).toMatchObject({
      stages: [],
      revision_hash: null,
      faults: [{ code: "unknown_product" }],
    });
    expect((await rig.get("/v1/orders")).json.data.length).toBe(before);
  });
});
