import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { cachedBinary } from "./cache-folder.ts";
import { ServerUnavailableError } from "./errors.ts";
import { findOnPath, isExecutableFile } from "./executable.ts";
import { leastGo, serverReleases } from "./server-release.ts";
import type { Environment, ServerName } from "./server-release.ts";
import { isOlder } from "./version-order.ts";

const versionTimeoutMs = 10_000;

/** Where a binary was found: named by the environment, on the PATH, or built by us. */
export type ServerOrigin = "environment" | "path" | "cache";

/** A usable binary of a server. */
export interface LocatedServer {
  readonly name: ServerName;
  /** Absolute path of the binary. */
  readonly path: string;
  readonly origin: ServerOrigin;
}

/**
 * Finds a server's binary: the environment variable, else the PATH, else our cache.
 * Answers undefined when there is none.
 *
 * @throws ServerUnavailableError when the environment variable names something that cannot be executed, or when the
 * binary says that it is older than we can do with; falling back to another binary would hide the mistake.
 */
export async function locateServer(name: ServerName, env: Environment = process.env): Promise<LocatedServer | undefined> {
  const release = serverReleases[name];
  const named = env[release.binaryVariable];
  if (named !== undefined && named !== "") {
    const path = resolve(named);
    if (await isExecutableFile(path)) return recentEnough({ name, path, origin: "environment" });
    throw new ServerUnavailableError(
      `${release.binaryVariable} names ${path}, which is not an executable file. Correct the variable, or unset it.`,
    );
  }
  const onPath = await findOnPath(release.binaryName, env["PATH"] ?? "");
  if (onPath !== undefined) return recentEnough({ name, path: onPath, origin: "path" });
  const cached = cachedBinary(name, env);
  return (await isExecutableFile(cached)) ? { name, path: cached, origin: "cache" } : undefined;
}

async function recentEnough(located: LocatedServer): Promise<LocatedServer> {
  const { binaryName, binaryVariable, leastVersion } = serverReleases[located.name];
  if (leastVersion === undefined) return located;
  const version = await serverVersion(located);
  // One that does not tell is given the benefit of the doubt.
  if (version === undefined || !isOlder(version, leastVersion)) return located;
  throw new ServerUnavailableError(
    `${located.path} is ${binaryName} ${version}, and ${leastVersion} or later is needed. ` +
      `Update it, or set ${binaryVariable} to the path of a newer ${binaryName} binary.`,
  );
}

/**
 * Version of a located server without a leading "v". Undefined when the binary does not know it:
 * an immudb built from source carries no version of its own.
 */
export async function serverVersion(located: LocatedServer): Promise<string | undefined> {
  if (located.origin === "cache") return serverReleases[located.name].version;
  const args = located.name === "nats" ? ["--version"] : ["version"];
  try {
    const { stdout } = await promisify(execFile)(located.path, args, { timeout: versionTimeoutMs });
    return /\bv?(\d+\.\d+\.\d+\S*)/u.exec(stdout)?.[1];
  } catch {
    // A binary that cannot tell its version may still serve.
    return undefined;
  }
}

/** The error for a server that is neither here nor installed yet. */
export function notInstalledError(name: ServerName): ServerUnavailableError {
  const { binaryName, binaryVariable, buildTakes } = serverReleases[name];
  return new ServerUnavailableError(
    `${binaryName} is not installed. Install it with "npx -y pnpm aethyr servers install ${name}" ` +
      `(this needs Go ${leastGo} or later, and ${buildTakes}), ` +
      `or set ${binaryVariable} to the path of a ${binaryName} binary.`,
  );
}
