import { parseTimeZone } from "@usher/entitlement-core/kernel";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import type { ApiDependencies } from "../api-dependencies.ts";
import { findSession, isCsrfToken, type Session, sessionCookie } from "../auth/session.ts";
import { ApiProblem } from "../http/api-problem.ts";
import { readBody } from "../http/read-body.ts";
import type { RequestFacts } from "../http/request-facts.ts";
import { createTimeFormat } from "./format-time.ts";
import { type Html, toText } from "./html.ts";
import type { Shell } from "./page-shell.ts";

export const timeZoneCookie = "usher_time_zone";

/** A request for a page: who asks, and how times are told to them. */
export interface PageContext {
  readonly context: Context;
  readonly request: RequestFacts;
  readonly session: Session | null;
  readonly shell: Shell;
}

/** As `PageContext`, for pages that only someone signed in sees. */
export interface SignedInContext extends PageContext {
  readonly session: Session;
}

export async function openPage({
  deps,
  context,
  request,
}: {
  readonly deps: Pick<ApiDependencies, "database">;
  readonly context: Context;
  readonly request: RequestFacts;
}): Promise<PageContext> {
  const session = await findSession({
    database: deps.database,
    secret: getCookie(context, sessionCookie),
    now: request.now,
  });
  const chosen = parseTimeZone(getCookie(context, timeZoneCookie) ?? "");
  const time = createTimeFormat(chosen.ok ? chosen.value : (session?.timeZone ?? "UTC"));
  const viewer =
    session === null
      ? null
      : { name: session.user.name, email: session.user.email, csrfToken: session.csrfToken };
  return { context, request, session, shell: { viewer, time, path: request.path } };
}

/** Pages load our one stylesheet and nothing else; forms go to us and to nobody else. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export async function htmlResponse(
  page: Html,
  {
    status = 200,
    headers = {},
  }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return new Response(await toText(page), {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": contentSecurityPolicy,
      "Cache-Control": "no-store",
      "Referrer-Policy": "same-origin",
      "Cross-Origin-Opener-Policy": "same-origin",
      ...headers,
    },
  });
}

const formBytesMax = 65_536;

/** The fields of a form. Throws for another content type, for too much, and for a form that came from another site. */
export async function readForm({
  context,
  request,
}: PageContext): Promise<ReadonlyMap<string, string>> {
  refuseOtherSites(request);
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new ApiProblem(
      "unsupported_media_type",
      "Expected a form (application/x-www-form-urlencoded).",
    );
  }
  const body = await readBody({ request: context.req.raw, bytesMax: formBytesMax });
  const fields = new URLSearchParams(Buffer.from(body).toString("utf8"));
  return new Map(
    [...fields].map(([name, value]) => [name, value.replaceAll(/\0|\p{Surrogate}/gu, "")]),
  );
}

/** The form of someone signed in, made for this very session. */
export async function readSessionForm(page: SignedInContext): Promise<ReadonlyMap<string, string>> {
  const form = await readForm(page);
  if (isCsrfToken({ session: page.session, given: form.get("csrf_token") ?? "" })) return form;
  throw new ApiProblem(
    "invalid_csrf_token",
    "The form was not made for this sign-in, or is from before it. Open the page again and send it from there.",
  );
}

/** Browsers say where a form came from. SameSite=Strict and the token hold without it; this is one more wall. */
function refuseOtherSites(request: RequestFacts): void {
  const site = request.header("sec-fetch-site");
  if (site === undefined || site === "same-origin" || site === "none") return;
  throw new ApiProblem("invalid_csrf_token", "The form came from another site.");
}

/** A path of our own to go back to; anything else leads to the start. */
export function safeBack(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])[\w\-./?=&%+:]*$/.test(path) ? path : "/orders";
}
