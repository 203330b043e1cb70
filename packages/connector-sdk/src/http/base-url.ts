import { z } from "zod";

const loopback = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * A configured base URL, cut to its origin. Plain http is for a simulator on this machine only:
 * anywhere else it would send credentials in the clear.
 */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: "expected an http(s) URL" })
  .refine(
    (text) => {
      const url = new URL(text);
      return url.protocol === "https:" || loopback.has(url.hostname);
    },
    { error: "expected https (plain http is allowed for 127.0.0.1, [::1] and localhost only)" },
  )
  .transform((text) => new URL(text).origin);
