import { z } from "zod";

const loopback = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * A configured base URL, cut to its origin. Plain http is for a simulator on this machine only:
 * anywhere else it would send credentials in the clear.
 */
export const baseUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (url === null || !["https:", "http:"].includes(url.protocol)) {
    context.addIssue({ code: "custom", message: "expected an http(s) URL" });
    return z.NEVER;
  }
  if (url.protocol === "http:" && !loopback.has(url.hostname)) {
    context.addIssue({
      code: "custom",
      message: "expected https (plain http is allowed for 127.0.0.1, [::1] and localhost only)",
    });
    return z.NEVER;
  }
  return url.origin;
});
