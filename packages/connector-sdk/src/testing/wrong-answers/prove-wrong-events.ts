import { aCallContext } from "../call-context.ts";
import type { ConformanceHarness } from "../conformance-harness.ts";
import { endOf, judgeEnding } from "./judge-ending.ts";
import { fieldFaultsOf, parseDocument, sayField, spoilFields } from "./spoil-field.ts";

/** What lies deeper in an event is a copy of an object, which is read again anyway. */
const stepsMax = 3;
/** One call for one event. */
const requestsMax = 5;

/**
 * What an event of a billing system says is made wrong, field by field, and read: it concerns
 * nobody, is refused, or leads to what stands, and in no case to a foreign host.
 */
export async function proveWrongEvents(harness: ConformanceHarness): Promise<readonly string[]> {
  const { billing: orders, peerUrl } = harness;
  if (orders?.events === undefined) return [];
  const requests: URL[] = [];
  const { billing } = harness.connect({
    url: peerUrl,
    now: Date.now,
    fetch: (input, init) => {
      requests.push(new URL(input instanceof Request ? input.url : String(input)));
      return fetch(input, init);
    },
  });
  if (billing === null) return [];
  const order = orders.anOrder();
  await billing.bill(order, aCallContext({ idempotencyKey: "wrong events" }));
  await orders.close?.(order);
  const complaints: string[] = [];
  for (const { eventId, body } of kindsOf(await orders.events(order))) {
    const read = (given: unknown) => billing.readChange({ eventId, body: given }, aCallContext());
    const goodAnswer = await read(body);
    const document = parseDocument(JSON.stringify(body));
    const faults = fieldFaultsOf(document).filter(({ path }) => path.length <= stepsMax);
    for (const fault of faults) {
      requests.length = 0;
      const given: unknown = JSON.parse(JSON.stringify(spoilFields(document, [fault])));
      const ending = await endOf(read(given));
      const foreign = requests.find(({ origin }) => origin !== new URL(peerUrl).origin);
      const complaint =
        foreign !== undefined
          ? `called ${foreign.origin}`
          : requests.length > requestsMax
            ? `asked ${requests.length} times`
            : judgeEnding({ ending, goodAnswer, mayShrink: true });
      if (complaint !== null) complaints.push(`${eventId}: ${sayField(fault)}: ${complaint}`);
    }
  }
  return complaints;
}

/** One event of each type: what holds for one holds for its like. */
function kindsOf<Event extends { readonly body: unknown }>(
  events: readonly Event[],
): readonly Event[] {
  const byType = new Map<unknown, Event>();
  for (const event of events) {
    const { body } = event;
    const type = typeof body === "object" && body !== null && "type" in body ? body.type : null;
    byType.set(type, event);
  }
  return [...byType.values()];
}
