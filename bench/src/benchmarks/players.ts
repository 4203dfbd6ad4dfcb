import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf, type Round } from "../harness/figure.ts";
import { startMeter } from "../harness/meter.ts";
import { percentile } from "../harness/stats.ts";
import { logIn, walk, walkFloor } from "../players/walk.ts";

type Ready = { readonly telnet: number; readonly floor: number; readonly rss: number };
type Used = { readonly rss: number; readonly cpu: { readonly user: number; readonly system: number } };

const worldProcess = fileURLToPath(new URL("../players/world-process.ts", import.meta.url));
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

/** Bots that walk in the imported world over telnet, each moving once in two seconds and looking in between. */
function playersBenchmark(count: number, what: "look" | "move", atMost: number): Benchmark {
  const name = `players-${count}`;
  const everyMs = 2_000;
  return {
    name,
    about: `milliseconds (p99) of a ${what} with ${count} bots walking in the stock world by telnet, on SQLite`,
    async run({ directory, seconds, rounds, short }, progress) {
      const bots = short ? Math.min(count, 20) : count;
      const child = fork(worldProcess, [directory, String(bots)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      try {
        const [ready] = (await Promise.race([
          once(child, "message"),
          once(child, "exit").then(() => Promise.reject(new Error("the world ended"))),
        ])) as [Ready];
        const asked = async (): Promise<Used> => {
          child.send("used");
          return ((await once(child, "message")) as [Used])[0];
        };
        progress(`${bots} bots log in`);
        const connected = await logIn(ready.telnet, bots);
        const idle = await asked();
        const done: Round[] = [];
        const notes: string[] = [];
        for (let number = 1; number <= rounds; number += 1) {
          progress(`round ${number} of ${rounds}`);
          const before = await asked();
          const stop = startMeter({ pid: child.pid ?? 0 });
          const taken = await walk(connected, { everyMs, seconds: Math.max(seconds, everyMs / 1_000) });
          const { others, seconds: lasted } = stop();
          const { cpu } = await asked();
          const used = (cpu.user + cpu.system - before.cpu.user - before.cpu.system) / 1e6;
          const floor = percentile(await walkFloor(ready.floor, bots, { everyMs, seconds: 2 }), 0.99);
          done.push({ value: percentile(taken[what], 0.99), floor, others });
          notes.push(
            `round ${number}: ${taken.look.length} looks p50 ${percentile(taken.look, 0.5).toFixed(1)} p99 ${percentile(taken.look, 0.99).toFixed(1)} ms, ${taken.move.length} moves p50 ${percentile(taken.move, 0.5).toFixed(1)} p99 ${percentile(taken.move, 0.99).toFixed(1)} ms, ${taken.blocked} times a closed door, ${((100 * used) / lasted).toFixed(0)} % of one processor`,
          );
        }
        for (const bot of connected) bot.close();
        return figureOf({
          name,
          unit: `ms (p99 of a ${what})`,
          aim: { atMost },
          rounds: done,
          floorDoes:
            "a bare server in the same process that answers every line at once with as many bytes, as many connections, the same pace",
          notes: [
            ...notes,
            `memory of the process: ${megabytes(ready.rss)} before, ${megabytes(idle.rss)} with ${bots} people: ${((idle.rss - ready.rss) / bots / 1024).toFixed(0)} KB each`,
          ],
        });
      } finally {
        child.kill();
        await once(child, "exit").catch(() => undefined);
      }
    },
  };
}

export const playersBenchmarks: readonly Benchmark[] = [playersBenchmark(100, "look", 10), playersBenchmark(1_000, "move", 50)];
