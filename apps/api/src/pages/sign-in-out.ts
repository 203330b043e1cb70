import { addSession, endSession, hashSecret, redeemSignInCode } from "@usher/database";
import { type Instant, parseTimeZone } from "@usher/entitlement-core/kernel";
import { getCookie, setCookie } from "hono/cookie";
import { sessionCookie, sessionLifeMs } from "../auth/session.ts";
import { toApiProblem } from "../http/answer-request.ts";
import {
  htmlResponse,
  type PageContext,
  readForm,
  readSessionForm,
  type SignedInContext,
  safeBack,
  timeZoneCookie,
} from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import { redirect, withCookies } from "./redirect.ts";
import { signInLinkPage, signInPage } from "./sign-in-page.ts";

export async function showSignIn({ shell, context }: PageContext): Promise<Response> {
  const back = safeBack(context.req.query("back"));
  const code = context.req.query("code");
  // Showing uses nothing up: a mail scanner that opens the link leaves it as it was.
  const page =
    code === undefined
      ? signInPage(shell, { back, refusal: null })
      : signInLinkPage(shell, { code, back });
  return htmlResponse(page);
}

export async function signIn(page: PageContext, deps: PageDependencies): Promise<Response> {
  const form = await readForm(page);
  const back = safeBack(form.get("back"));
  const { now } = page.request;
  const code = form.get("code");
  const expiresAt = (now + sessionLifeMs) as Instant;
  const refuse = (refusal: string, status: number) =>
    htmlResponse(signInPage(page.shell, { back, refusal }), { status });

  if (code !== undefined) {
    const found = await deps.database.directory.findSignInCode(hashSecret(code));
    if (found === null)
      return refuse("This link is not one of ours, or was made long ago. Ask for a new one.", 401);
    const secret = await deps.database.withTenant({ tenantId: found.tenantId }, async (tx) => {
      const userId = await redeemSignInCode(tx, { code, now: now as Instant });
      return userId === null ? null : (await addSession(tx, { userId, expiresAt })).secret;
    });
    if (secret === null)
      return refuse("This link was used already or is too old. Ask for a new one.", 401);
    return signedIn({ page, deps, secret, back });
  }
  try {
    const token = (form.get("api_key") ?? "").trim();
    const { tenantId, userId } = await deps.keys.find({ token, now, isCheck: false });
    if (userId === null)
      return await refuse(
        "This key belongs to a machine. Sign in with one that was made for you.",
        403,
      );
    const { secret } = await deps.database.withTenant({ tenantId }, (tx) =>
      addSession(tx, { userId, expiresAt }),
    );
    return await signedIn({ page, deps, secret, back });
  } catch (error) {
    const problem = toApiProblem(error);
    if (problem.status >= 500) throw error;
    return refuse(problem.message, problem.status);
  }
}

async function signedIn({
  page,
  deps,
  secret,
  back,
}: {
  readonly page: PageContext;
  readonly deps: PageDependencies;
  readonly secret: string;
  readonly back: string;
}): Promise<Response> {
  setCookie(page.context, sessionCookie, secret, {
    httpOnly: true,
    sameSite: "Strict",
    secure: deps.publicUrl.startsWith("https:"),
    path: "/",
    maxAge: sessionLifeMs / 1_000,
  });
  return withCookies(page.context, redirect(back));
}

export async function signOut(page: SignedInContext, deps: PageDependencies): Promise<Response> {
  await readSessionForm(page);
  const secret = getCookie(page.context, sessionCookie) ?? "";
  await deps.database.withTenant({ tenantId: page.session.tenantId }, (tx) =>
    endSession(tx, secret),
  );
  setCookie(page.context, sessionCookie, "", {
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
    maxAge: 0,
  });
  return withCookies(page.context, redirect("/sign-in"));
}

export async function chooseTimeZone({ context }: PageContext): Promise<Response> {
  const chosen = parseTimeZone(context.req.query("time_zone") ?? "");
  if (chosen.ok) {
    setCookie(context, timeZoneCookie, chosen.value, {
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
      maxAge: 31_536_000,
    });
  }
  return withCookies(context, redirect(safeBack(context.req.query("back"))));
}
