import { setTimeout as after } from "node:timers/promises";
import type { PlacementStatus } from "@aethyr/operator";
import { typed } from "../how-to-type.ts";
import { verb, type Call } from "../verb.ts";
import { withWorld } from "../world/with-world.ts";

const lookEveryMs = 250;

export const partitionsDrain = verb({
  name: "drain",
  summary: "lets a host give away all that it has, and waits until nothing is left there",
  details:
    "Before it is stopped for good, or for a new version. Each partition finishes what was taken, writes its snapshots, and goes on at another host. It cannot be taken back: only when it is started again does the host take partitions. Ctrl-C ends the watching, not the draining.",
  examples: [
    ["partitions drain host-1", "with how many are left, until none is"],
    ["partitions drain host-1 --output ndjson", "a line whenever that changes, for a script"],
  ],
  define: (command) => command.argument("<host>", "its name, as `partitions list` tells it"),
  async run(call) {
    const [host = ""] = call.args;
    await withWorld(call, async ({ operations: { partitions } }) => {
      await partitions.drain(host);
      try {
        await watch(call, host, () => partitions.list());
      } catch (error) {
        call.notes.clear();
        call.notes.note(`${host} goes on giving away what it has: ${typed("partitions list")}`);
        throw error;
      } finally {
        call.notes.clear();
      }
    });
    if (call.print.format !== "ndjson")
      await call.print.one({ host, left: 0 }, [
        ["host", host],
        ["partitions left", 0],
      ]);
  },
});

async function watch(call: Call, host: string, look: () => Promise<PlacementStatus>): Promise<void> {
  let left: number | undefined;
  for (;;) {
    const { members, partitions } = await look();
    const now = partitions.filter(({ owner }) => owner === host).length;
    if (now !== left) {
      if (call.print.format === "ndjson") await call.print.one({ host, left: now }, []);
      const isAlone = now > 0 && !members.some((member) => member.alive && member.state === "serving" && member.host !== host);
      if (left === undefined && isAlone) call.notes.warn(`no other host takes partitions: ${host} keeps them until one does`);
      left = now;
    }
    if (now === 0) return;
    call.notes.progress(`${host}: ${now} of ${partitions.length} partitions are still there`);
    await after(lookEveryMs, undefined, { signal: call.io.signal });
  }
}
