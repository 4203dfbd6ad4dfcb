import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { refOf } from "@aethyr/kernel";
import { all } from "../../contract/samples.ts";
import type { EventStore } from "../../event-store.ts";
import { readLog, readStreamAll } from "../../read-all.ts";
import type { JournalingProcess, Said } from "./journaling-process.ts";
import type { UnsteadyStore } from "./unsteady-store.ts";

export type Acknowledged = Extract<Said, { said: "acknowledged" }>;

/** A process that journals, and all that it has said. */
export type Journaling = {
  readonly acknowledged: readonly Acknowledged[];
  /** Resolves when it has said so many things of which this is true, counted from now; rejects if it ends before. */
  said(what: (said: Said) => boolean, times: number): Promise<void>;
  mode(mode: UnsteadyStore["mode"]): void;
  /** kill −9; resolves when it is gone and all that it had said is here. */
  kill(): Promise<void>;
};

export function startJournaling(options: JournalingProcess): Journaling {
  const process = spawn(
    globalThis.process.execPath,
    ["--no-warnings", fileURLToPath(new URL("./journaling-process.ts", import.meta.url)), JSON.stringify(options)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const acknowledged: Acknowledged[] = [];
  const waiting = new Set<(said: Said | undefined) => void>();
  const ended = (async () => {
    for await (const line of createInterface(process.stdout)) {
      const said = read(line);
      if (said === undefined) break; // the line that it was killed in
      if (said.said === "acknowledged") acknowledged.push(said);
      for (const each of waiting) each(said);
    }
    for (const each of waiting) each(undefined);
  })();
  const exited = once(process, "exit");

  return {
    acknowledged,
    said: (what, times) =>
      new Promise((resolve, reject) => {
        let left = times;
        const hear = (said: Said | undefined): void => {
          if (said !== undefined && !what(said)) return;
          left -= 1;
          if (said !== undefined && left > 0) return;
          waiting.delete(hear);
          if (said === undefined) reject(new Error("the process has ended"));
          else resolve();
        };
        waiting.add(hear);
      }),
    mode: (mode) => void process.stdin.write(`${mode}\n`),
    async kill() {
      process.kill("SIGKILL");
      await Promise.all([exited, ended]);
    },
  };
}

function read(line: string): Said | undefined {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return undefined;
  }
}

/** Every commit that was acknowledged is in the log, once and at its versions, and streams have no gaps. */
export async function expectExact(log: EventStore, acknowledged: readonly Acknowledged[]): Promise<void> {
  const events = await all(readLog(log));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const places = new Map(events.map(({ id, stream, version }) => [id, `${stream.type}/${stream.id} ${version}`]));
  for (const { command, path, version } of acknowledged) {
    expect(places.get(`${command}/0`)).toBe(`${path} ${version - 1}`);
    expect(places.get(`${command}/1`)).toBe(`${path} ${version}`);
  }
  for (const path of new Set(acknowledged.map((each) => each.path))) {
    const versions = (await all(readStreamAll(log, refOf(path)))).map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  }
}

export const isProvisional = (said: Said): boolean => said.said === "acknowledged" && said.provisional;
export const isFinal = (said: Said): boolean => said.said === "acknowledged" && !said.provisional;
export const isDrained = ({ said }: Said): boolean => said === "drained";
