import { Failure } from "./failure.mjs";

export const simpleJson = "application/vnd.pypi.simple.v1+json";

/** Where a Python package's files are listed (PEP 503, PEP 691); `PIP_INDEX_URL` names another index. */
export function projectPage(packageName, env = process.env) {
  const index = (env.PIP_INDEX_URL || "https://pypi.org/simple").replace(/\/+$/, "");
  return `${index}/${packageName}/`;
}

/**
 * The address of the file with this SHA-256 in an index page, which is JSON (PEP 691) or, from an
 * older index, HTML (PEP 503). The checksum chooses the file, so its name need not be known.
 */
export function findFileBySha256({ page, pageUrl, sha256 }) {
  const text = page.toString("utf8");
  const address = text.trimStart().startsWith("{")
    ? JSON.parse(text).files?.find((file) => file.hashes?.sha256 === sha256)?.url
    : new RegExp(`href="([^"]+)#sha256=${sha256}"`).exec(text)?.[1];
  if (!address) throw new Failure(`${pageUrl} lists no file with the pinned SHA-256 ${sha256}`);
  return new URL(address.replaceAll("&amp;", "&"), pageUrl).href;
}
