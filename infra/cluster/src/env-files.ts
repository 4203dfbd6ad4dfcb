import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { roleOf, serviceEnv, type ClusterPlace } from "./service-env.ts";
import type { ServiceKind } from "./service-process.ts";

/**
 * Writes what somebody needs who starts one more process by hand, or has a bot: `env/ROLE.env` in the folder, mode 600, for a shell to read with
 * `. FILE`. Those of our own processes have everything but a data folder and a host's name; that of the console has its folder, so that `aethyr`
 * finds the running world and reads its log; `node.env` has the names that the `nats` command line reads. Where the world may be renamed, `rename.env` is for that. Gives the folder.
 */
export async function writeEnvFiles(
  folder: string,
  place: ClusterPlace,
  more: {
    readonly consoleFolder: string;
    readonly env?: Readonly<Record<string, string>> | undefined;
    readonly mayRename?: boolean;
  },
): Promise<string> {
  const { servers, secrets } = place;
  const dir = join(folder, "env");
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const write = async (name: string, variables: Readonly<Record<string, string>>): Promise<void> => {
    const file = join(dir, `${name}.env`);
    const lines = Object.entries(variables).map(([key, value]) => `export ${key}=${quoted(value)}\n`);
    // The mode counts for a new file only.
    await rm(file, { force: true });
    await writeFile(file, lines.join(""), { mode: 0o600 });
  };
  for (const [kind, role] of Object.entries(roleOf) as readonly (readonly [ServiceKind, string])[]) {
    await write(role, {
      ...serviceEnv(kind, place),
      ...more.env,
      ...(kind === "console" ? { AETHYR_DATA: more.consoleFolder } : {}),
    });
  }
  // The log is as a host has it, and on NATS there is a user for this alone, who has the host's password.
  if (more.mayRename === true) await write("rename", { ...serviceEnv("actor-host", place), ...more.env, AETHYR_NATS_USERNAME: "rename" });
  else await rm(join(dir, "rename.env"), { force: true });
  const urls = servers.nats.map(({ url }) => url).join(",");
  for (const role of ["node", "browser"] as const)
    await write(role, { NATS_URL: urls, NATS_USER: role, NATS_PASSWORD: secrets.nats[role] });
  return dir;
}

/** As a shell takes it for itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
