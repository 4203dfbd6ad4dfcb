import type { Ref } from "@aethyr/kernel";
import { inUse, isAtRest, isIdle, step, type Hosted } from "./hosted.ts";
import type { Metrics } from "../metrics.ts";
import type { HostOptions } from "../options.ts";
import type { Owning } from "../sharing/ownership.ts";
import type { Ports } from "../ports.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Table } from "./table.ts";

type Parts = {
  readonly table: Table;
  readonly options: Pick<HostOptions, "idleMs" | "activeLimit">;
  readonly ports: Ports;
  readonly metrics: Metrics;
  readonly snapshots: Snapshots;
  readonly wake: (hosted: Hosted) => void;
  /** The host may decide on it. */
  readonly owns: Owning["owns"];
};

type Reason = Parameters<Metrics["passivated"]>[0];

/** Lets actors leave memory: those idle for long, and the longest unused ones where there are too many. */
export function createPassivation({ table, options, ports, metrics, snapshots, wake, owns }: Parts) {
  /** False where a command needed it before its snapshot was saved: it stays. */
  async function passivate(hosted: Hosted, reason: Reason): Promise<boolean> {
    const leaving = {};
    hosted.leaving = leaving;
    step(hosted, "PASSIVATE");
    await snapshots.beforePassivation(hosted);
    if (hosted.leaving !== leaving) return false;
    metrics.passivated(reason);
    forget(hosted);
    return true;
  }

  function forget(hosted: Hosted): void {
    hosted.leaving = undefined;
    hosted.instance = undefined;
    step(hosted, "PASSIVATED");
    table.remove(hosted);
    wake(hosted);
  }

  /** Forgets those at rest that were this host's and are not any more; whoever has them now writes their snapshots. */
  function dropLost(): void {
    for (const hosted of table.values()) {
      if (!hosted.owned || !isIdle(hosted) || owns(hosted.ref)) continue;
      step(hosted, "PASSIVATE");
      metrics.passivated("lost");
      forget(hosted);
    }
  }

  /** What is not in memory and nobody asks for. One that failed is shown for as long as an idle actor would stay, if there is room. */
  function removeForgotten(beforeMs: number): void {
    const crowded = table.size() > options.activeLimit;
    for (const hosted of table.values()) {
      const { state, lastUsedMs } = hosted;
      if (inUse(hosted)) continue;
      if (state === "passive" || (state === "failed" && (crowded || lastUsedMs <= beforeMs))) table.remove(hosted);
    }
  }

  return {
    /** Looks once over all actors. */
    async sweep(): Promise<void> {
      dropLost();
      const beforeMs = ports.now() - options.idleMs;
      removeForgotten(beforeMs);
      const idle = [...table.values()].filter(isIdle);
      // What does not exist is no loss: anybody can ask for any number of made-up names.
      const isOld = ({ lastUsedMs, instance }: Hosted) => lastUsedMs <= beforeMs || instance?.version === 0;
      const old = idle.filter(isOld);
      const excess = table.size() - old.length - options.activeLimit;
      const young = excess <= 0 ? [] : idle.filter((hosted) => !isOld(hosted)).sort((a, b) => a.lastUsedMs - b.lastUsedMs);
      const unneeded = young.slice(0, Math.max(0, excess));
      await Promise.all([...old.map((hosted) => passivate(hosted, "idle")), ...unneeded.map((hosted) => passivate(hosted, "limit"))]);
    },
    /** One of them, if nothing is under way for it; false otherwise, or if it was needed meanwhile. */
    async passivateNow(hosted: Hosted): Promise<boolean> {
      return isIdle(hosted) && passivate(hosted, "asked");
    },
    dropLost,
    /** All of these that are at rest, snapshots written: a host that stops, or hands them over. */
    async passivateAll(these: (ref: Ref) => boolean): Promise<void> {
      const idle = [...table.values()].filter((hosted) => isIdle(hosted) && these(hosted.ref));
      await Promise.all(idle.map((hosted) => passivate(hosted, "drain")));
      await snapshots.settled();
    },
    /** For tests of G9: every actor at rest is forgotten, at once and without a snapshot. */
    forgetAll(): void {
      for (const hosted of table.values()) {
        if (!isAtRest(hosted)) continue;
        step(hosted, "PASSIVATE");
        forget(hosted);
      }
    },
  };
}

export type Passivation = ReturnType<typeof createPassivation>;
