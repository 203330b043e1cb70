import { describe, expect, it } from "vitest";
import {
  approvalRequested,
  billed,
  canceled,
  decided,
  ended,
  given,
  granted,
  hash1,
  hash2,
  problemFound,
  provisioningStarted,
  received,
  resumed,
  revised,
  revisedBack,
  stateAfter,
  undone,
} from "../testing/order-story.ts";
import type { OrderCommand } from "./order-command.ts";
import { hasAccess, problemOf } from "./status-of.ts";

const awaiting = [received, approvalRequested];
const approved = [...awaiting, decided("approve")];
const billedOnly = [received, provisioningStarted, billed];
const active = [...billedOnly, granted];

describe("a good day", () => {
  it("received", () => {
    given().when(received).thenCaused(["order_received"], "Received");
  });

  it("an order that nobody has to approve is provisioned at once", () => {
    given(received)
      .when(provisioningStarted)
      .thenCaused(["order_validated", "provisioning_started"], "Provisioning");
  });

  it("an order that waits says for whom", () => {
    const after = given(received)
      .when(approvalRequested)
      .thenCaused(["order_validated", "approval_requested"], "Awaiting approval");
    expect(after).toMatchObject({ waitingOn: { who: "Finance: Dana Kim" } });
  });

  it("the last yes approves the order", () => {
    given(...awaiting)
      .when(decided("approve"))
      .thenCaused(["approval_decided", "order_approved"], "Provisioning");
  });

  it("a yes that is not the last waits for the others", () => {
    given(...awaiting)
      .when(decided("approve", { isPathComplete: false }))
      .thenCaused(["approval_decided"], "Awaiting approval");
  });

  it("the grant makes it Active, until its own end", () => {
    const after = given(...billedOnly)
      .when(granted)
      .thenCaused(["entitlements_granted", "token_issued"], "Active");
    expect(after).toMatchObject({ activeUntilIso: "2027-12-31T23:00:00Z" });
    given(...active)
      .when(ended)
      .thenCaused(["order_ended"], "Ended");
  });
});

describe("what is asked twice happens once", () => {
  it.each<[string, readonly OrderCommand[], OrderCommand]>([
    ["receive", [received], received],
    ["revise", [received, revised], revised],
    ["start provisioning", billedOnly, provisioningStarted],
    ["grant", active, granted],
    ["end", [...active, ended], ended],
    ["cancel while it is taken back", [...active, canceled], canceled],
    ["undone", [...active, canceled, undone("grant")], undone("grant")],
    ["the same problem", [received, problemFound("validation")], problemFound("validation")],
  ])("%s", (_what, story, command) => {
    expect(given(...story).when(command).state).toEqual(stateAfter(...story));
  });
});

describe("a no", () => {
  it("rejects, and nothing was made", () => {
    given(...awaiting)
      .when(decided("reject"))
      .thenCaused(["approval_decided", "order_rejected"], "Rejected");
  });

  it("after an earlier revision may have been billed first takes the bill back", () => {
    const story = [...billedOnly, revised, approvalRequested];
    const no = decided("reject", { revisionHash: hash2 });
    given(...story)
      .when(no)
      .thenCaused(["approval_decided", "undoing_started"], "Provisioning");
    given(...story, no)
      .when(undone("bill"))
      .thenCaused(["step_undone", "order_rejected"], "Rejected");
  });

  it("to a change of an active order leaves the customer what they have, and asks sales", () => {
    const after = given(...active, revised, approvalRequested)
      .when(decided("reject", { revisionHash: hash2 }))
      .thenCaused(["approval_decided", "problem_found"], "Action needed");
    expect(hasAccess(after)).toBe(true);
    expect(problemOf(after)?.sentence).toMatch(/keeps revision 1/);
  });

  it("is not the end of the deal: a newer revision is asked for anew", () => {
    given(...awaiting, decided("reject"))
      .when(revised)
      .thenCaused(["revision_received"], "Received");
  });

  it("of another revision counts for nothing", () => {
    given(...awaiting, revised, approvalRequested)
      .when(decided("reject", { revisionHash: hash1 }))
      .thenRefused("stale_revision");
  });
});

describe("a request for changes", () => {
  const asked = [...awaiting, decided("request_changes")];

  it("stands the order at Action needed with the approver's words", () => {
    const after = given(...awaiting)
      .when(decided("request_changes"))
      .thenCaused(["approval_decided", "problem_found"], "Action needed");
    expect(problemOf(after)?.sentence).toBe(
      "dana@seller.example asked for changes: “too cheap”. Change the deal accordingly: saving it asks again.",
    );
  });

  it("is answered by a new revision and by nothing else", () => {
    given(...asked)
      .when(resumed)
      .thenRefused("order_not_resumable");
    given(...asked)
      .when(revised)
      .thenCaused(["revision_received"], "Received");
  });
});

describe("silence", () => {
  const lapsed = (outcome: "parked" | "denied"): OrderCommand => ({
    type: "lapse-approval",
    stageKey: "finance",
    stageName: "Finance",
    outcome,
  });

  it("parks, and a resume asks again", () => {
    given(...awaiting)
      .when(lapsed("parked"))
      .thenCaused(["approval_lapsed", "problem_found"], "Action needed");
    given(...awaiting, lapsed("parked"))
      .when(resumed)
      .thenCaused(["order_resumed"], "Received");
  });

  it("denies where the policy says so", () => {
    given(...awaiting)
      .when(lapsed("denied"))
      .thenCaused(["approval_lapsed", "order_rejected"], "Rejected");
  });
});

describe("a newer revision", () => {
  it.each<[string, readonly OrderCommand[], boolean]>([
    ["received", [received], false],
    ["awaiting approval", awaiting, false],
    ["approved", approved, false],
    ["being provisioned", billedOnly, false],
    ["active", active, true],
    ["at Action needed", [received, problemFound("validation")], false],
  ])("of an order that is %s begins anew and takes nothing away", (_where, story, keepsAccess) => {
    const after = given(...story)
      .when(revised)
      .thenCaused(["revision_received"], "Received");
    expect(after).toMatchObject({ revision: 2, revisionHash: hash2 });
    expect(hasAccess(after)).toBe(keepsAccess);
  });

  it("is not granted by work that began on the one before", () => {
    given(...billedOnly, revised)
      .when({ ...granted, revision: 1 } as OrderCommand)
      .thenRefused("stale_revision");
    given(...billedOnly, revised)
      .when(granted)
      .thenRefused("order_phase_conflict");
  });

  it("that is again what was granted keeps the access as it is, without a new bill", () => {
    given(...active, revised)
      .when(revisedBack)
      .thenCaused(["revision_received", "access_kept"], "Active");
  });

  it("that is again what was granted is made anew once another one may have been billed", () => {
    given(...active, revised, provisioningStarted)
      .when(revisedBack)
      .thenCaused(["revision_received"], "Received");
  });

  it("is never taken for granted because it was billed", () => {
    // Revision 2 may be billed, revision 1 is what was granted, and revision 4 is like revision 2.
    given(...active, revised, provisioningStarted, revisedBack)
      .when(revised)
      .thenCaused(["revision_received"], "Received");
  });

  it("of the same content is none", () => {
    const echo: OrderCommand = { type: "revise", revisionHash: hash1, dealVersion: "9" };
    for (const story of [[received], awaiting, billedOnly, active]) {
      expect(given(...story).when(echo).state).toEqual(stateAfter(...story));
    }
  });

  it("is not taken by an order that is over for good, or on its way there", () => {
    given(received, canceled).when(revised).thenRefused("order_phase_conflict");
    given(...active, ended)
      .when(revised)
      .thenRefused("order_phase_conflict");
    given(...active, canceled)
      .when(revised)
      .thenRefused("order_phase_conflict");
  });
});

describe("a problem", () => {
  it("takes no access away, and the order goes on where it stood", () => {
    const story = [...active, problemFound("write-back", "write_back_refused")];
    expect(hasAccess(stateAfter(...story))).toBe(true);
    given(...story)
      .when(resumed)
      .thenCaused(["order_resumed"], "Active");
  });

  it("of provisioning is resumed at provisioning, without asking the approvers again", () => {
    given(...approved, provisioningStarted, problemFound("provisioning", "billing_refused"))
      .when(resumed)
      .thenCaused(["order_resumed"], "Provisioning");
  });

  it("that the CRM itself was is gone with the next save, changed or not", () => {
    const saved: OrderCommand = { type: "revise", revisionHash: hash1, dealVersion: "2" };
    given(...active, problemFound("write-back", "write_back_refused"))
      .when(saved)
      .thenCaused(["order_resumed"], "Active");
    given(received, problemFound("validation", "deal_deleted"))
      .when(saved)
      .thenCaused(["order_resumed"], "Received");
  });

  it("elsewhere is not gone with a save that changes nothing: it may be our own echo", () => {
    const saved: OrderCommand = { type: "revise", revisionHash: hash1, dealVersion: "2" };
    given(...billedOnly, problemFound("provisioning", "billing_refused"))
      .when(saved)
      .thenCaused([], "Action needed");
  });

  it("cannot be resumed where there is none", () => {
    for (const story of [[received], awaiting, active]) {
      given(...story)
        .when(resumed)
        .thenRefused("order_not_resumable");
    }
  });
});

describe("a cancelation", () => {
  it.each<[string, readonly OrderCommand[]]>([
    ["received", [received]],
    ["awaiting approval", awaiting],
    ["approved", approved],
    ["at Action needed", [received, problemFound("validation")]],
  ])("of an order that is %s is done at once: nothing was made", (_where, story) => {
    given(...story)
      .when(canceled)
      .thenCaused(["order_canceled"], "Canceled");
  });

  it("after billing was started takes the bill back, even if no bill is known", () => {
    const story = [received, provisioningStarted];
    given(...story)
      .when(canceled)
      .thenCaused(["undoing_started"], "Provisioning");
    given(...story, canceled)
      .when(undone("bill"))
      .thenCaused(["step_undone", "order_canceled"], "Canceled");
  });

  it("of an active order ends access before it takes back the bill", () => {
    const after = given(...active)
      .when(canceled)
      .thenCaused(["undoing_started"], "Active");
    expect(after).toMatchObject({ undoing: { left: ["grant", "bill"] } });
    given(...active, canceled)
      .when(undone("grant"))
      .thenCaused(["step_undone"], "Provisioning");
    given(...active, canceled, undone("grant"))
      .when(undone("bill"))
      .thenCaused(["step_undone", "order_canceled"], "Canceled");
  });

  it("that cannot be finished says so and goes on with what is left", () => {
    const failed = [...active, canceled, undone("grant"), undone("bill", "failed")];
    given(...active, canceled, undone("grant"))
      .when(undone("bill", "failed"))
      .thenCaused(["step_undone", "problem_found"], "Action needed");
    const after = given(...failed)
      .when(resumed)
      .thenCaused(["order_resumed"], "Provisioning");
    expect(after).toMatchObject({ phase: "undoing", undoing: { left: ["bill"] } });
  });

  it("does not stop at the step that failed", () => {
    given(...active, canceled, undone("grant", "failed"))
      .when(undone("bill"))
      .thenCaused(["step_undone"], "Action needed");
    given(...active, canceled, undone("grant", "failed"), undone("bill"), resumed)
      .when(undone("grant"))
      .thenCaused(["step_undone", "order_canceled"], "Canceled");
  });

  it("comes too late for an order that is over", () => {
    for (const story of [
      [...awaiting, decided("reject")],
      [received, canceled],
      [...active, ended],
    ]) {
      given(...story)
        .when(canceled)
        .thenRefused("order_not_cancelable");
    }
  });
});

describe("nothing is provisioned that was not approved", () => {
  it("not while approvers are asked", () => {
    given(...awaiting)
      .when(provisioningStarted)
      .thenRefused("order_phase_conflict");
  });

  it("not once rejected or canceled", () => {
    for (const story of [
      [...awaiting, decided("reject")],
      [received, canceled],
    ]) {
      for (const command of [provisioningStarted, granted, approvalRequested]) {
        given(...story)
          .when(command)
          .thenRefused("order_phase_conflict");
      }
    }
  });

  it("no grant before provisioning of this very revision was started", () => {
    given(...approved)
      .when(granted)
      .thenRefused("order_phase_conflict");
  });

  it("no bill is recorded before one may have been asked for", () => {
    given(received).when(billed).thenRefused("order_phase_conflict");
  });
});
