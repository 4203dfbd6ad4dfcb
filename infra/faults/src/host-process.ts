/**
 * A host for a fault to kill: opens a log, takes commands from its parent and sends the replies. Where it is told to, it ends itself with
 * SIGKILL between a commit and its replies: the transaction is durable, and nobody has heard of it.
 */
import { createMemoryKeyStore, type EventStore } from "@aethyr/event-store";
import { openImmudbEventStore, type ImmudbOptions } from "@aethyr/event-store/immudb";
import type { CommandEnvelope, Reply } from "@aethyr/protocol";
import { createActorHost } from "@aethyr/runtime";
import { world } from "@aethyr/world";

export type HostOrders = {
  readonly log: ImmudbOptions;
  /** After so many transactions; 0: never. */
  readonly dieAfterCommit: number;
};
export type FromHost = "ready" | Reply;

const { log, dieAfterCommit } = JSON.parse(process.argv[2] ?? "{}") as HostOrders;
const store = await openImmudbEventStore(log);
let commits = 0;

const dying: EventStore = {
  ...store,
  append: async (these) => {
    const results = await store.append(these);
    commits += 1;
    if (commits === dieAfterCommit) process.kill(process.pid, "SIGKILL");
    return results;
  },
};

const host = createActorHost({ domain: world, store: dying, keys: createMemoryKeyStore() });
const tell = (message: FromHost): void => void process.send?.(message);

process.on("message", (command) => void host.submit(command as CommandEnvelope).then(tell));
// Nobody is left to send commands.
process.once("disconnect", () => process.exit());
tell("ready");
