import { fork, type ChildProcess } from "node:child_process";
import type { FromHost, HostOrders } from "../host-process.ts";
import type { Ask } from "./senders.ts";

/** A host in a process of its own. */
export type HostChild = {
  /** Undefined where the process ended before it replied, or had ended already. */
  readonly ask: Ask;
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>;
  kill(): Promise<void>;
};

/** Resolves when it takes commands. Rejects where it ends before. */
export async function startHostChild(orders: HostOrders): Promise<HostChild> {
  const child: ChildProcess = fork(new URL("../host-process.ts", import.meta.url), [JSON.stringify(orders)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting = new Map<string, (reply: Awaited<ReturnType<Ask>>) => void>();
  const ready = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      ready.reject(new Error(`the host ended before it was ready (${signal ?? code})`));
      for (const lost of waiting.values()) lost(undefined);
      waiting.clear();
      resolve();
    });
  });
  child.on("message", (message) => {
    const from = message as FromHost;
    if (from === "ready") {
      ready.resolve();
      return;
    }
    waiting.get(from.command)?.(from);
    waiting.delete(from.command);
  });
  await ready.promise;
  return {
    ask: (command) =>
      new Promise((resolve) => {
        if (!child.connected) {
          resolve(undefined);
          return;
        }
        waiting.set(command.id, resolve);
        // Where it cannot be sent any more, the exit that follows tells.
        child.send(command, () => undefined);
      }),
    ended,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
