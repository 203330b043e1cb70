import { apiVersions, currentApiVersion } from "@usher/api-contract";
import { ApiProblem } from "./api-problem.ts";

/** The version a request asks for, or the current one. Throws `unsupported_version`. */
export function readApiVersion(header: string | undefined): string {
  if (header === undefined || header === currentApiVersion) return currentApiVersion;
  if ((apiVersions as readonly string[]).includes(header)) return header;
  throw new ApiProblem(
    "unsupported_version",
    `This hub speaks ${apiVersions.join(", ")}. Send one of them in Usher-Version, or leave the header out.`,
  );
}
