import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A process of the benchmark's own, besides those of the cluster. */
export type OwnProcess = {
  readonly name: string;
  readonly pid: number;
  /** Rejects when the process ends before it has answered, or does not for too long. */
  ask(message: object): Promise<unknown>;
  close(): Promise<void>;
};

/** A process of a benchmark ended, failed or hangs. */
class OwnProcessError extends Error {
  readonly code = "own_process";
}

/** No call of a benchmark takes longer, beyond what it was told to measure. */
const answerWithinMs = 10 * 60_000;

type Answer = "ready" | { readonly result?: unknown } | { readonly failed: string };

/** Starts a module with its orders, and waits until it says that it is ready. */
export async function startOwn(name: string, module: URL, orders: object): Promise<OwnProcess> {
  const child = fork(module, [JSON.stringify(orders)], { execArgv: ["--no-memory-protection-keys"], stdio: ["ignore", 2, 2, "ipc"] });
  const ready = await answerOf(child, name);
  if (ready !== "ready") throw new OwnProcessError(`${name} said ${JSON.stringify(ready)}`);
  return {
    name,
    pid: child.pid ?? 0,
    async ask(message) {
      const answering = answerOf(child, name);
      child.send(message);
      const answer = await answering;
      if (answer === "ready") throw new OwnProcessError(`${name} began anew`);
      if ("failed" in answer) throw new OwnProcessError(`${name}: ${answer.failed}`);
      return answer.result;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

function answerOf(child: ChildProcess, name: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => end(() => reject(new OwnProcessError(`${name} does not answer`))), answerWithinMs);
    const onMessage = (message: unknown): void => end(() => resolve(message as Answer));
    const onExit = (): void => end(() => reject(new OwnProcessError(`${name} ended`)));
    function end(settle: () => void): void {
      clearTimeout(late);
      child.off("message", onMessage).off("exit", onExit);
      settle();
    }
    child.on("message", onMessage).on("exit", onExit);
    if (child.exitCode !== null) onExit();
  });
}
