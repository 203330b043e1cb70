import type { ProxiedRequest } from "@usher/connector-sdk/conformance";
import type { Redactor } from "../record/redact.ts";
import type { SceneCall } from "./scene.ts";

/** One exchange as the inspector shows it, without secrets. */
export function toSceneCall(request: ProxiedRequest, redactor: Redactor): SceneCall {
  const { method, path, headers, body, status, answer } = request;
  const requestHeaders = plainHeaders(headers);
  const answerHeaders = plainHeaders(answer?.headers ?? {});
  const shownHeaders = redactor.headers(requestHeaders);
  return {
    method,
    status,
    path: redactor.path(path),
    requestHeaders: shownHeaders,
    answerHeaders: redactor.headers(answerHeaders),
    requestBody: shownBody(redactor, body, requestHeaders),
    answerBody: shownBody(redactor, answer?.body ?? "", answerHeaders),
  };
}

function shownBody(
  redactor: Redactor,
  text: string,
  headers: Readonly<Record<string, string>>,
): string {
  const body = redactor.body({ text, type: headers["content-type"] ?? null });
  if (body === null) return "";
  return typeof body === "string" ? body : JSON.stringify(body, null, 2);
}

function plainHeaders(headers: ProxiedRequest["headers"]): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = String(value);
  }
  return plain;
}
