import type { Context } from "hono";

export function redirect(to: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { Location: to, "Cache-Control": "no-store", ...headers },
  });
}

/** Cookies are set on the context's own response; ours takes them along. */
export function withCookies(context: Context, response: Response): Response {
  for (const cookie of context.res.headers.getSetCookie())
    response.headers.append("Set-Cookie", cookie);
  return response;
}
