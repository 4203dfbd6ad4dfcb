import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ServerInstallError } from "./errors.ts";
import { leastGo, serverReleases } from "./server-release.ts";
import type { Environment, ServerName } from "./server-release.ts";

const keptLines = 30;
const packagesPerProgressLine = 50;
const immudbModuleFolder = join(import.meta.dirname, "..", "immudb-module");

export interface GoBuild {
  readonly go: string;
  readonly env: Environment;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Builds the pinned version of a server into `folder`. Everything goes through Go's module proxy and checksums. */
export async function buildServer(name: ServerName, folder: string, build: GoBuild): Promise<void> {
  const { binaryName, goPackage, version } = serverReleases[name];
  if (name === "nats") {
    await runGo(["install", "-v", "-trimpath", `${goPackage}@v${version}`], undefined, { GOBIN: folder }, build);
  } else {
    // immudb replaces two of its dependencies, and "go install" refuses such modules: a module of ours repeats them.
    const args = ["build", "-v", "-trimpath", "-mod=readonly", "-o", join(folder, binaryName), goPackage];
    await runGo(args, immudbModuleFolder, {}, build);
  }
}

async function runGo(
  args: readonly string[],
  cwd: string | undefined,
  extraEnv: Environment,
  { go, env, onProgress, signal }: GoBuild,
): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn(go, args, {
    cwd,
    // The binary is for this machine and from this module, whatever the caller's own Go work is set to.
    env: {
      ...env,
      CGO_ENABLED: "0",
      GOWORK: "off",
      GOOS: undefined,
      GOARCH: undefined,
      ...extraEnv,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const interrupt = (): void => void child.kill("SIGINT");
  signal?.addEventListener("abort", interrupt);
  const lastLines: string[] = [];
  let packages = 0;
  createInterface({ input: child.stderr }).on("line", (line) => {
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
    if (line.startsWith("go: ")) return onProgress(line.slice("go: ".length));
    packages += 1;
    if (packages % packagesPerProgressLine === 0) onProgress(`compiled ${packages} packages`);
  });
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    signal?.throwIfAborted();
    if (exitCode !== 0) {
      throw new ServerInstallError(
        `"go ${args.join(" ")}" failed. Check that Go is ${leastGo} or later and can reach its module proxy.\n${lastLines.join("\n")}`,
      );
    }
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}
