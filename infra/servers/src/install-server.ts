import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cachedBinary, releaseFolder, serversCacheFolder } from "./cache-folder.ts";
import { ServerInstallError, ServerUnavailableError } from "./errors.ts";
import { findOnPath, isExecutableFile } from "./executable.ts";
import { withFileLock } from "./file-lock.ts";
import { buildServer } from "./go-build.ts";
import type { LocatedServer } from "./locate-server.ts";
import { leastGo, serverReleases } from "./server-release.ts";
import type { Environment, ServerName } from "./server-release.ts";

const otherInstallTimeoutMs = 15 * 60_000;

export interface InstallOptions {
  /** Gets one line of text at a time, without a line end. */
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Environment | undefined;
}

/**
 * Builds the pinned version of a server into the cache, unless it is there already. Needs Go and its module proxy, no
 * root; takes minutes. The binary appears whole or not at all, and two processes may install at once.
 *
 * @throws ServerUnavailableError when Go is missing
 * @throws ServerInstallError when the build fails
 * @throws LockTimeoutError when another process has been installing for a quarter of an hour
 */
export async function installServer(name: ServerName, options: InstallOptions = {}): Promise<LocatedServer> {
  const { env = process.env, onProgress = () => undefined, signal } = options;
  const { version, buildTakes } = serverReleases[name];
  const path = cachedBinary(name, env);
  const installed: LocatedServer = { name, path, origin: "cache" };
  if (await isExecutableFile(path)) return installed;
  const go = await findGo(name, env);
  const cache = serversCacheFolder(env);
  return withFileLock(
    join(cache, `.${name}-${version}.lock`),
    {
      timeoutMs: otherInstallTimeoutMs,
      signal,
      onWait: (holder) => onProgress(`waiting for process ${holder.pid}, which installs ${name} ${version}`),
    },
    async () => {
      if (await isExecutableFile(path)) return installed;
      onProgress(`building ${name} ${version} with Go; this takes ${buildTakes}`);
      await buildInto(name, { cache, target: releaseFolder(name, env), path }, { go, env, onProgress, signal });
      onProgress(`installed ${path}`);
      return installed;
    },
  );
}

async function buildInto(
  name: ServerName,
  places: { readonly cache: string; readonly target: string; readonly path: string },
  build: Parameters<typeof buildServer>[2],
): Promise<void> {
  const prefix = `.building-${name}-`;
  // We hold the lock, so whatever lies here was left by an install that was killed.
  for (const entry of await readdir(places.cache)) {
    if (entry.startsWith(prefix)) await rm(join(places.cache, entry), { recursive: true, force: true });
  }
  await mkdir(places.cache, { recursive: true });
  const folder = await mkdtemp(join(places.cache, prefix));
  try {
    await buildServer(name, folder, build);
    if (!(await isExecutableFile(join(folder, serverReleases[name].binaryName)))) {
      throw new ServerInstallError(`Go built ${name} without complaint, but left no binary in ${folder}.`);
    }
    await rm(places.target, { recursive: true, force: true });
    await rename(folder, places.target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function findGo(name: ServerName, env: Environment): Promise<string> {
  const go = await findOnPath("go", env["PATH"] ?? "");
  if (go !== undefined) return go;
  const { binaryName, binaryVariable } = serverReleases[name];
  throw new ServerUnavailableError(
    `${binaryName} cannot be built, because there is no "go" on the PATH. ` +
      `Install Go ${leastGo} or later, or set ${binaryVariable} to the path of a ${binaryName} binary.`,
  );
}
