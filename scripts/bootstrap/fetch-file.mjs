import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCaptured } from "./child-processes.mjs";
import { Failure } from "./failure.mjs";
import { toolPath } from "./paths.mjs";

const program = fileURLToPath(new URL("./download.mjs", import.meta.url));

/** The bytes behind an address, through the proxy and with the certificates that npm would use. */
export async function fetchFile(url, { accept = "" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "usher-download-"));
  try {
    const file = join(folder, "file");
    const { code, output } = await runCaptured(
      toolPath("node"),
      ["--no-warnings", program, url, file, accept],
      { env: networkEnvironment() },
    );
    if (code !== 0) throw new Failure(output.trim() || `the download ended with code ${code}`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** npm hands its own settings to the scripts it runs, as `npm_config_*`. */
function networkEnvironment() {
  const { env } = process;
  const proxy = env.npm_config_https_proxy ?? env.npm_config_proxy;
  return {
    ...env,
    NODE_USE_ENV_PROXY: "1",
    ...(proxy && !env.HTTPS_PROXY && !env.https_proxy ? { HTTPS_PROXY: proxy } : {}),
    ...(env.npm_config_cafile && !env.NODE_EXTRA_CA_CERTS
      ? { NODE_EXTRA_CA_CERTS: env.npm_config_cafile }
      : {}),
  };
}
