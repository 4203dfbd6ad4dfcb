import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { ServerStateError } from "./errors.ts";
import type { ServerName } from "./server-release.ts";

const recordSchema = z.object({
  format: z.literal(1),
  port: z.int().min(1).max(65_535),
  binary: z.string(),
  origin: z.enum(["environment", "path", "cache"]),
  version: z.string().optional(),
  /** Null when the server was stopped; the rest then tells of its last run. */
  process: z.object({ pid: z.int().positive(), birth: z.string() }).nullable(),
});

/** What is kept of a managed server between two commands. */
export type ManagedRecord = Readonly<z.infer<typeof recordSchema>>;

/** Where the files of one managed server lie. */
export interface ManagedFiles {
  readonly folder: string;
  readonly record: string;
  readonly lock: string;
  readonly log: string;
  readonly adminPassword: string;
}

/** Files of one managed server: all below `<dataDir>/servers/<name>`. */
export function managedFiles(name: ServerName, dataDir: string): ManagedFiles {
  const folder = join(resolve(dataDir), "servers", name);
  return {
    folder,
    record: join(folder, "server.json"),
    lock: join(folder, "server.lock"),
    log: join(folder, "server.log"),
    adminPassword: join(folder, "admin-password"),
  };
}

/**
 * The record of a managed server; undefined when it never ran.
 *
 * @throws ServerStateError when the file is not one of ours
 */
export async function readRecord(files: ManagedFiles): Promise<ManagedRecord | undefined> {
  let text: string;
  try {
    text = await readFile(files.record, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ServerStateError(
      `${files.record} cannot be read. End the server that uses ${files.folder}, if there is one, and delete the file.`,
      { cause: error },
    );
  }
}

/** Replaces the record; a reader sees the old one or the new one, never a part. */
export async function writeRecord(files: ManagedFiles, record: ManagedRecord): Promise<void> {
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  const draft = `${files.record}.new`;
  await writeFile(draft, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, files.record);
}
