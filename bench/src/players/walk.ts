import { setTimeout as pause } from "node:timers/promises";
import { connectBot, type Bot } from "./bot.ts";
import { addressOfBot, nameOfBot, passwordOfBots } from "./names.ts";

/** Milliseconds from a line to its answer, by what was typed. */
export type Latencies = { readonly look: number[]; readonly move: number[]; blocked: number };

const prompt = /\n> (?:\xff\xf9)?$/;
const room = /(?:Exits: ([a-z, ]+)|There is no way out)[^]*\n> /;
const walked = /Exits: |no way out|locked|closed|cannot|no way|sitting/;

/** Logs bots in, some at a time. */
export async function logIn(port: number, count: number): Promise<readonly Bot[]> {
  const bots: Bot[] = [];
  const next = Array.from({ length: count }, (_, index) => index).values();
  async function worker(): Promise<void> {
    for (const index of next) {
      const bot = await connectBot(port, addressOfBot(index));
      bots.push(bot);
      await bot.ask("", /known\? /);
      await bot.ask(nameOfBot(index), /assword/);
      await bot.ask(passwordOfBots, prompt);
    }
  }
  await Promise.all(Array.from({ length: 20 }, worker));
  return bots;
}

/** Each bot moves once in `everyMs` and looks in between, beginning at different moments, until the time is up. */
export async function walk(
  bots: readonly Bot[],
  { everyMs, seconds }: { readonly everyMs: number; readonly seconds: number },
): Promise<Latencies> {
  const latencies: Latencies = { look: [], move: [], blocked: 0 };
  const until = performance.now() + seconds * 1_000;
  await Promise.all(
    bots.map(async (bot, index) => {
      await pause((everyMs * index) / bots.length);
      while (performance.now() < until) {
        const began = performance.now();
        const looked = await bot.ask("look", room);
        latencies.look.push(looked.ms);
        const exits = (room.exec(looked.text)?.[1] ?? "").split(", ").filter((word) => word !== "none");
        const exit = exits[Math.floor(Math.random() * exits.length)];
        await pause(everyMs / 2);
        if (exit !== undefined) {
          const moved = await bot.ask(exit, walked);
          if (moved.text.includes("Exits: ")) latencies.move.push(moved.ms);
          else latencies.blocked += 1;
        }
        await pause(Math.max(0, everyMs - (performance.now() - began)));
      }
    }),
  );
  return latencies;
}

/** The same pace against a server that answers every line at once: what sockets and this process cost. */
export async function walkFloor(
  port: number,
  count: number,
  pace: { readonly everyMs: number; readonly seconds: number },
): Promise<readonly number[]> {
  const bots = await Promise.all(Array.from({ length: count }, (_, index) => connectBot(port, addressOfBot(index))));
  const taken: number[] = [];
  const until = performance.now() + pace.seconds * 1_000;
  await Promise.all(
    bots.map(async (bot, index) => {
      await pause((pace.everyMs * index) / count);
      while (performance.now() < until) {
        taken.push((await bot.ask("look", /> $/)).ms);
        await pause(pace.everyMs / 2);
      }
    }),
  );
  for (const bot of bots) bot.close();
  return taken;
}
