import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { AcceptedCommand } from "@aethyr/bench/history";
import { startImmudbServer } from "@aethyr/bench/immudb";
import { UnavailableError } from "@aethyr/event-store";
import { openImmudbEventStore, type ImmudbPlace } from "@aethyr/event-store/immudb";
import { openUnrulyLine, type RunningServer } from "@aethyr/servers";
import { must, type Fault, type Round } from "../fault.ts";
import { pick } from "../random.ts";
import { judge } from "../world/judge.ts";
import { startSenders } from "../world/senders.ts";
import { openWorld } from "../world/world.ts";

/** A place that is about to be full, and how it gets room again. */
type Disk = { readonly directory: string; readonly fill: (server: RunningServer) => void; readonly empty: (server: RunningServer) => void };

const diskMegabytes = 48;
const patienceMs = 60_000;

const run = (command: string, ...args: readonly string[]): string | undefined => {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
};

/** A file system of its own where this process may mount one, otherwise a limit to the size of the server's files; or why there is neither. */
function makeDisk({ directory, choose, later }: Round): Disk | string {
  const mounted = join(directory, "disk");
  mkdirSync(mounted, { recursive: true });
  const freeBytes = (20 + choose(400)) * 1024;
  const noMount = run("mount", "-t", "tmpfs", "-o", `size=${diskMegabytes}m`, "tmpfs", mounted);
  if (noMount === undefined) {
    later(() => run("umount", "-l", mounted));
    const ballast = join(mounted, "ballast");
    return {
      directory: mounted,
      fill: () => {
        const { bavail, bsize } = statfsSync(mounted);
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
      },
      empty: () => rmSync(ballast),
    };
  }
  const limit = ({ pid }: RunningServer, bytes: number | "unlimited") => run("prlimit", "--pid", String(pid), `--fsize=${bytes}:`);
  const noLimit = run("prlimit", "--pid", String(process.pid), "--fsize");
  if (noLimit !== undefined) return `mount: ${noMount}; prlimit: ${noLimit}`;
  return { directory, fill: (server) => void limit(server, freeBytes), empty: (server) => void limit(server, "unlimited") };
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Removes the indexes of all databases of a server that is not running: it makes them anew from its transactions. */
function removeIndexes({ dir }: RunningServer): number {
  const indexes = globSync("data/*/index_*", { cwd: dir });
  for (const index of indexes) rmSync(join(dir, index), { recursive: true });
  return indexes.length;
}

/** What a process that begins now makes of the index: it opens the log and finds every command, or it refuses to. */
async function opens(log: ImmudbPlace, accepted: readonly AcceptedCommand[]): Promise<boolean> {
  const effective = accepted.filter(({ changed }) => changed.length > 0);
  let store;
  try {
    store = await openImmudbEventStore(log);
  } catch (error) {
    // A server that reads a damaged index may also end itself.
    if (error instanceof UnavailableError) return false;
    throw error;
  }
  try {
    const outcomes = await store.outcomes(effective.map(({ id }) => id));
    const lost = outcomes.filter((outcome) => outcome === undefined).length;
    must(lost === 0, `the log was opened, and ${lost} of ${effective.length} commands that took effect are not found in it`);
    return true;
  } finally {
    await store.close();
  }
}

/**
 * The disk of ImmuDB becomes full under load. A full disk damages ImmuDB's index, and neither room nor a restart mends it, while its
 * transactions stay whole. So a damaged index must be refused, by the host that runs and by one that begins, until an operator has done what
 * docs/operations/faults.md says; and one that is whole must be taken again.
 */
export const fullDisk: Fault = {
  name: "full-disk",
  about: "ImmuDB's disk becomes full under load; it gets room, and its indexes are made anew",
  holds: "[G2] [G3] with a full disk nothing is acknowledged that is not in the log, and with room and new indexes everything goes on",
  async run(round) {
    const { choose, later, progress } = round;
    const disk = makeDisk(round);
    if (typeof disk === "string") return { counts: {}, skipped: `no disk can be made full here: ${disk}` };
    const { server, place } = await startImmudbServer({ directory: disk.directory });
    later(server.stop);
    const line = await openUnrulyLine(server.port);
    later(line.close);
    const world = await openWorld({ ...place("log"), create: true, address: line.address });
    later(world.close);
    const senders = await startSenders({ ask: world.ask, choose, count: 1 + choose(16), things: 1 + choose(50) });
    await senders.acknowledged(100);
    progress("filling");
    disk.fill(server);
    const isFull = (): boolean => !isAlive(server.pid) || /no space left|file too large/.test(server.output());
    for (const untilMs = performance.now() + patienceMs; !isFull();) {
      must(performance.now() < untilMs, "the disk does not become full: the fault is not what it should be");
      await pause(20);
    }
    await pause(500 + choose(1_000));
    // For what the old process of the server took last there is no reply yet.
    line.cut();
    await server.kill(pick(choose, ["SIGKILL", "SIGTERM"]));
    disk.empty(server);
    await server.restart();
    const whole = await opens(place("log"), senders.accepted());
    progress(`room again; the index is ${whole ? "whole" : "damaged"}`);
    line.mend();
    if (whole) {
      await senders.acknowledged(20);
    } else {
      const before = senders.accepted().length;
      await senders.answered("unavailable", (senders.counts()["unavailable"] ?? 0) + 50);
      must(senders.accepted().length === before, "something was acknowledged on an index that is damaged");
    }
    line.cut();
    if (isAlive(server.pid)) await server.kill("SIGTERM");
    must(removeIndexes(server) > 0, "there are no indexes where they were looked for");
    await server.restart();
    line.mend();
    await senders.acknowledged(20);
    await senders.finish();
    await world.close();
    const { events } = await judge(place("log"), senders.accepted());
    return { counts: { "index damaged": whole ? 0 : 1, events, ...senders.counts() } };
  },
};
