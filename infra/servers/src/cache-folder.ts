import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { serverReleases } from "./server-release.ts";
import type { Environment, ServerName } from "./server-release.ts";

/** Folder that holds all built servers: `$AETHYR_CACHE/servers`, or `~/.cache/aethyr/servers`. */
export function serversCacheFolder(env: Environment): string {
  const cache = env["AETHYR_CACHE"];
  const root = cache === undefined || cache === "" ? join(homedir(), ".cache", "aethyr") : resolve(cache);
  return join(root, "servers");
}

/** Folder of the pinned version of one server. */
export function releaseFolder(name: ServerName, env: Environment): string {
  return join(serversCacheFolder(env), `${name}-${serverReleases[name].version}`);
}

/** Where the pinned binary of one server lies once it is installed. */
export function cachedBinary(name: ServerName, env: Environment): string {
  return join(releaseFolder(name, env), serverReleases[name].binaryName);
}
