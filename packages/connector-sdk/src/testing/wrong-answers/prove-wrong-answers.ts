import { isConnectorError } from "../../spec/connector-error.ts";
import { aCallContext } from "../call-context.ts";
import type { ConformanceHarness } from "../conformance-harness.ts";
import { type Exchange, recordExchanges, toResponse, type WireAnswer } from "./exchange.ts";
import { type CallEnding, endOf, isSameEnding, judgeEnding } from "./judge-ending.ts";
import type { PortCall } from "./port-calls.ts";
import { replayExchanges } from "./replay-exchanges.ts";
import {
  type Document,
  type FieldFault,
  fieldFaultsOf,
  findNamedObject,
  parseDocument,
  sayField,
  spoilFields,
} from "./spoil-field.ts";
import { wrongBodiesOf } from "./wrong-bodies.ts";

export interface WrongAnswersReport {
  /** Each names the call, the answer that was wrong, and what came of it. */
  readonly complaints: readonly string[];
  /** Wrong answers that were given, one or several faults in each. */
  readonly given: number;
}

/** Proves one call after the other, and remembers over all of them which fields are refused at the door. */
export interface WrongAnswersProof {
  /**
   * Makes the call once against the peer, and then over and over against its recorded answers, one
   * of which is wrong: as a whole, or in each of its fields in every way that JSON allows.
   */
  prove(call: PortCall): Promise<WrongAnswersReport>;
}

/** Faults by which a vendor says in good form that there is less, or another: to be believed. */
const sayingLess = new Set<FieldFault["kind"]>(["empty", "null", "turned", "huge"]);

/** No call asks a dozen times what it asks in good weather. */
const requestsMaxOf = (exchanges: readonly Exchange[]) => 12 * exchanges.length + 30;

export function createWrongAnswersProof(input: {
  readonly harness: ConformanceHarness;
  /** Faults of this vendor that say in good form that there is less, as `sayField` names them. */
  readonly believed?: readonly RegExp[];
}): WrongAnswersProof {
  const { harness, believed = [] } = input;
  const refusedAtTheDoor = new Set<string>();

  function tell(fault: FieldFault): boolean {
    return sayingLess.has(fault.kind) || believed.some((one) => one.test(sayField(fault)));
  }

  return {
    async prove(call) {
      const startMs = Date.now();
      const { exchanges, ending: good } = await record({ harness, call, startMs });
      if (good.kind === "threw") {
        throw new Error(`${call.name} fails in good weather`, { cause: good.error });
      }
      const complaints: string[] = [];
      let given = 0;
      const requestsMax = requestsMaxOf(exchanges);
      const own = new Set(exchanges.map(({ url }) => url.origin));

      async function play(wrongAt: number, wrong: () => Response): Promise<Played> {
        given += 1;
        const replay = replayExchanges({ exchanges, wrongAt, wrong, requestsMax });
        // Each answer takes a while, so that whoever waits for a better one comes to an end.
        const now = () => startMs + replay.requests.length * 250;
        const system = harness.connect({ url: harness.peerUrl, fetch: replay.fetch, now });
        const ending = await endOf(call.run(system, aCallContext({ now })));
        await system.close();
        return { ending, requests: replay.requests };
      }

      function judge({ ending, requests }: Played, what: string, mayShrink: boolean): void {
        const foreign = requests.find(({ origin }) => !own.has(origin));
        const complaint =
          requests.length > requestsMax
            ? `asked ${requests.length} times instead of ${exchanges.length}`
            : foreign === undefined
              ? judgeEnding({ ending, goodAnswer: answerOf(good), mayShrink })
              : `called ${foreign.origin}`;
        if (complaint !== null) complaints.push(`${call.name}: ${what}: ${complaint}`);
      }

      /** Faults of one kind are tried together: where they change nothing, none of them does. */
      async function tryFaults(place: Place, faults: readonly FieldFault[]): Promise<void> {
        const [fault] = faults;
        if (fault === undefined) return;
        const text = JSON.stringify(spoilFields(place.document, faults));
        const played = await play(place.at, () => toResponse({ ...place.answer, text }));
        if (faults.length === 1) {
          judge(played, `${place.name}: ${sayField(fault)}`, tell(fault));
          if (isRefusedByShape(played.ending)) refusedAtTheDoor.add(keyOf(place, fault));
          return;
        }
        if (isSameEnding(played.ending, good) && played.requests.length <= exchanges.length) return;
        const half = Math.ceil(faults.length / 2);
        await tryFaults(place, faults.slice(0, half));
        await tryFaults(place, faults.slice(half));
      }

      for (const [at, { method, url, answer }] of exchanges.entries()) {
        const name = `answer ${at + 1} of ${exchanges.length}, ${method} ${url.pathname}`;
        for (const { name: what, answer: wrong } of wrongBodiesOf(answer, url)) {
          judge(await play(at, wrong), `${name}: ${what}`, what.startsWith("a 404"));
        }
        const document = documentOf(answer.text);
        if (document === undefined) continue;
        const shape = `${method} ${url.pathname.replace(/[^/]*\d[^/]*/g, ":id")} ${shapeOf(document, 3)}`;
        const place: Place = { at, name, answer, document, shape };
        const faults = fieldFaultsOf(document).filter(
          (fault) => !refusedAtTheDoor.has(keyOf(place, fault)),
        );
        for (const kind of new Set(faults.map((fault) => fault.kind))) {
          await tryFaults(
            place,
            faults.filter((fault) => fault.kind === kind),
          );
        }
      }
      return { complaints, given };
    },
  };
}

interface Played {
  readonly ending: CallEnding;
  readonly requests: readonly URL[];
}

/** An answer whose fields are made wrong. */
interface Place {
  readonly at: number;
  readonly name: string;
  readonly answer: WireAnswer;
  readonly document: Document;
  /** The same for answers that are read by the same schema. */
  readonly shape: string;
}

/** What is refused in one place is refused in another: an object that says what it is, wherever it stands. */
function keyOf({ document, shape }: Place, fault: FieldFault): string {
  const { path, kind } = fault;
  const named = findNamedObject(document, path);
  if (named === null) return `${shape} ${sayField(fault)}`;
  return `${named.name} ${sayField({ path: path.slice(named.depth), kind })}`;
}

function isRefusedByShape(ending: CallEnding): boolean {
  return (
    ending.kind === "threw" &&
    isConnectorError(ending.error) &&
    ending.error.detail.category === "schema_drift"
  );
}

function answerOf(ending: CallEnding): unknown {
  return ending.kind === "answered" ? ending.answer : undefined;
}

async function record(input: {
  readonly harness: ConformanceHarness;
  readonly call: PortCall;
  readonly startMs: number;
}): Promise<{ readonly exchanges: readonly Exchange[]; readonly ending: CallEnding }> {
  const { harness, call, startMs } = input;
  const recorder = recordExchanges();
  const now = () => startMs;
  const system = harness.connect({ url: harness.peerUrl, fetch: recorder.fetch, now });
  const ending = await endOf(call.run(system, aCallContext({ now })));
  await system.close();
  return { exchanges: recorder.exchanges, ending };
}

function documentOf(text: string): Document | undefined {
  try {
    return parseDocument(text);
  } catch {
    // No JSON, or none at all: the whole of it can be wrong, no field can.
    return undefined;
  }
}

/** Which fields there are, a few levels deep. */
function shapeOf(value: Document, depth: number): string {
  if (depth === 0 || typeof value !== "object" || value === null) return typeof value;
  if (Array.isArray(value))
    return `[${value.length === 0 ? "" : shapeOf(value[0] ?? null, depth)}]`;
  return `{${Object.entries(value)
    .map(([key, one]) => `${key}:${shapeOf(one, depth - 1)}`)
    .join()}}`;
}
