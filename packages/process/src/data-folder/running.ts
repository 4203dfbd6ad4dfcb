import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { layout } from "./layout.ts";
import { replace } from "./once-file.ts";
import { json } from "./text-file.ts";

const Running = z.object({
  /** Names this start of the world; its API says the same on `/healthz`. */
  instance: z.string().min(1),
  pid: z.int().positive(),
  world: z.string(),
  /** Address of its operator API. */
  url: z.url({ protocol: /^http$/ }),
});
/** A running world, as it tells others on this machine. */
export type Running = Readonly<z.infer<typeof Running>>;

/** Tells others where this world's API is. */
export const announce = (folder: string, running: Running): Promise<void> =>
  replace(join(folder, layout.running), `${JSON.stringify(running, undefined, 2)}\n`);

/** Takes back what `announce` told, unless another start of the world has told something else since. */
export async function withdraw(folder: string, instance: string): Promise<void> {
  if ((await readRunning(folder))?.instance === instance) await rm(join(folder, layout.running), { force: true });
}

/**
 * The world that runs on a data folder, if one does. What a killed process left behind is seen through: its process must live, and the API at
 * its address must be of the same start.
 */
export async function findRunning(folder: string, timeoutMs = 2_000): Promise<Running | undefined> {
  const running = await readRunning(folder);
  if (running === undefined || !isAlive(running.pid)) return undefined;
  try {
    const response = await fetch(`${running.url}/healthz`, { signal: AbortSignal.timeout(timeoutMs), redirect: "error" });
    const health = z.object({ instance: z.string() }).safeParse(json(await response.text()));
    return health.data?.instance === running.instance ? running : undefined;
  } catch {
    // Nobody there, or no answer in time: whoever goes on to open the world is stopped by its lock, if it is in use after all.
    return undefined;
  }
}

/** What the folder says, whether or not it is still true. */
export async function readRunning(folder: string): Promise<Running | undefined> {
  const text = await readFile(join(folder, layout.running), "utf8").catch(() => "");
  return Running.safeParse(json(text)).data;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
