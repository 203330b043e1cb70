import type { HttpAnswer } from "../http-answer.ts";
import { collectionOperation } from "./collection-operations.ts";
import { compositeOperation } from "./composite-operations.ts";
import { answer, type DataOperation, type DataRequest } from "./data-request.ts";
import { notFound, refusal } from "./salesforce-error.ts";
import { sobjectOperation } from "./sobject-operations.ts";
import { parseSoql } from "./soql/parse-soql.ts";
import { runQuery } from "./soql/run-query.ts";

const PAGE_MIN = 200;
const PAGE_MAX = 2000;

/** Recognizes a request behind `/services/data/vXX.X`; undefined when there is no such resource. */
export function dataOperation(request: DataRequest): DataOperation | undefined {
  const [first, second, third] = request.segments;
  switch (first) {
    case undefined:
      return request.method === "GET"
        ? { operation: "resources", run: () => resources(request) }
        : undefined;
    case "limits":
      return request.method === "GET"
        ? { operation: "limits", run: () => limits(request) }
        : undefined;
    case "query":
    case "queryAll":
      if (request.method !== "GET" || third !== undefined) return undefined;
      if (second !== undefined) {
        return {
          operation: "query.more",
          run: () => answer(200, request.cursors.nextPage(second, request.version)),
        };
      }
      return { operation: "query", run: () => query(request, first === "queryAll") };
    case "sobjects":
      return sobjectOperation(request);
    case "composite":
      return second === "sobjects"
        ? collectionOperation(request)
        : compositeOperation(request, runSubrequest);
    default:
      return undefined;
  }
}

function runSubrequest(request: DataRequest): HttpAnswer {
  const operation =
    request.segments[0] === "composite" && request.segments[1] !== "sobjects"
      ? undefined
      : dataOperation(request);
  if (operation === undefined) throw notFound();
  return operation.run();
}

function query(request: DataRequest, includeDeleted: boolean): HttpAnswer {
  const { org, version } = request;
  const soql = request.query.get("q");
  if (soql === null || soql.trim() === "")
    throw refusal(400, "MALFORMED_QUERY", "A query string has to be specified");
  const run = runQuery(parseSoql(soql), { org, version, includeDeleted });
  return answer(200, request.cursors.firstPage(run, { pageSize: pageSize(request), version }));
}

/** `Sforce-Query-Options: batchSize=500`, 200 to 2,000; the org may send fewer. */
function pageSize(request: DataRequest): number {
  const asked = /batchSize=(\d+)/i.exec(request.header("sforce-query-options") ?? "")?.[1];
  const wanted =
    asked === undefined ? PAGE_MAX : Math.min(PAGE_MAX, Math.max(PAGE_MIN, Number(asked)));
  return Math.min(wanted, request.org.settings().pageSizeMax);
}

function resources(request: DataRequest): HttpAnswer {
  const base = `/services/data/${request.version}`;
  const { organizationId } = request.org.settings();
  const names = ["composite", "limits", "query", "queryAll", "sobjects"];
  return answer(200, {
    ...Object.fromEntries(names.map((name) => [name, `${base}/${name}`])),
    identity: `${request.header("x-instance-url") ?? ""}/id/${organizationId}/${request.userId}`,
  });
}

function limits(request: DataRequest): HttpAnswer {
  const { apiLimit } = request.org.settings();
  const Remaining = Math.max(0, apiLimit - request.org.usage.calls);
  return answer(200, {
    DailyApiRequests: { Max: apiLimit, Remaining },
    ConcurrentAsyncGetReportInstances: { Max: 200, Remaining: 200 },
    DailyAsyncApexExecutions: { Max: 250_000, Remaining: 250_000 },
    DataStorageMB: { Max: 1024, Remaining: 1000 },
  });
}
