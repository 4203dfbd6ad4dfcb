import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { roles, type Role } from "@aethyr/nats-config";

/** Passwords that the processes of one local cluster share, made at its first start. */
export type ClusterSecrets = {
  readonly immudbAdmin: string;
  readonly immudbAppend: string;
  readonly immudbRead: string;
  readonly postgres: string;
  /** Of each role on NATS. */
  readonly nats: Readonly<Record<Role, string>>;
};

const servers = ["immudbAdmin", "immudbAppend", "immudbRead", "postgres"] as const;

/** Reads the passwords kept in a folder, mode 600, or makes them. */
export async function clusterSecrets(folder: string): Promise<ClusterSecrets> {
  // Others may pass through, as PostgreSQL refuses to run as root and has its folder in here; what is in it is closed to them.
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o711);
  const file = join(folder, "secrets.json");
  const kept = await readFile(file, "utf8").catch(() => undefined);
  // ImmuDB wants an upper-case letter, a digit and a sign in each.
  const password = (): string => `A1!${randomBytes(15).toString("hex")}`;
  const each = <N extends string>(names: readonly N[]) =>
    Object.fromEntries(names.map((name) => [name, password()])) as Readonly<Record<N, string>>;
  if (kept !== undefined) {
    const known = JSON.parse(kept) as ClusterSecrets;
    // A role that is newer than the folder gets a password for this run; nobody has used it yet.
    return { ...known, nats: { ...each(roles), ...known.nats } };
  }
  const made: ClusterSecrets = { ...each(servers), nats: each(roles) };
  await writeFile(file, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
  return made;
}
