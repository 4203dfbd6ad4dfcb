import { ServerInstallError, ServerUnavailableError } from "./errors.ts";
import { installServer } from "./install-server.ts";
import type { InstallOptions } from "./install-server.ts";
import { locateServer, notInstalledError } from "./locate-server.ts";
import { serverNames, serverReleases } from "./server-release.ts";
import type { Environment, ServerName } from "./server-release.ts";

/** Where loud lines go, and what decides how loud a missing server is. */
export interface RequireOptions {
  readonly env?: Environment | undefined;
  /** Gets the one line that says what is skipped. Default: standard error. */
  readonly warn?: ((line: string) => void) | undefined;
}

/**
 * Path of a server's binary for a test suite. When there is none: in CI (variable `CI`) it throws; elsewhere it warns
 * and answers undefined, so that the suite can be skipped:
 *
 *     const nats = await requireServer("nats");
 *     describe.skipIf(nats === undefined)("…", () => { … });
 *
 * @throws ServerUnavailableError in CI, or when an environment variable names a wrong binary
 */
export async function requireServer(name: ServerName, options: RequireOptions = {}): Promise<string | undefined> {
  const env = options.env ?? process.env;
  const located = await locateServer(name, env);
  return located === undefined ? missing(name, notInstalledError(name), options) : located.path;
}

/**
 * Like `requireServer`, but installs a missing server when it can. Only an abort by the caller is passed on as it is.
 *
 * @throws ServerUnavailableError or ServerInstallError in CI
 */
export async function ensureServer(name: ServerName, options: InstallOptions & RequireOptions = {}): Promise<string | undefined> {
  const env = options.env ?? process.env;
  const located = await locateServer(name, env);
  if (located !== undefined) return located.path;
  try {
    return (await installServer(name, options)).path;
  } catch (error) {
    if (error instanceof ServerUnavailableError || error instanceof ServerInstallError) {
      return missing(name, error, options);
    }
    throw error;
  }
}

/** Makes both servers ready for a test run, as far as this machine allows. Fit for a global setup. */
export async function ensureServers(options: InstallOptions & RequireOptions = {}): Promise<void> {
  for (const name of serverNames) await ensureServer(name, options);
}

const missing = (name: ServerName, error: Error, options: RequireOptions): undefined =>
  skipLoudly(serverReleases[name].binaryName, error, options);

/** What every suite does whose server is not there: in CI it fails, elsewhere it says loudly that it is skipped. */
export function skipLoudly(binaryName: string, error: Error, { env = process.env, warn = toStandardError }: RequireOptions): undefined {
  if (isCi(env)) throw error;
  warn(`SKIPPED: all tests that need a real ${binaryName}. ${error.message}`);
  return undefined;
}

function isCi(env: Environment): boolean {
  return !["", "0", "false"].includes(env["CI"] ?? "");
}

function toStandardError(line: string): void {
  process.stderr.write(`\n*** ${line}\n\n`);
}
