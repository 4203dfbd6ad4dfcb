import type { PlacementStatus } from "@aethyr/operator";
import { write } from "../io.ts";
import { verb, type Call } from "../verb.ts";
import { askWorld } from "../world/with-world.ts";

export const partitionsList = verb({
  name: "list",
  summary: "lists the partitions of a world with their hosts, and the hosts",
  details:
    "A partition takes commands while it is active; on its way to another host it is unowned, acquiring, fencing or draining for a moment. Told as the hosts have written it on NATS, which needs none of them to answer. The epoch grows with every owner.",
  examples: [
    ["partitions list", "who has what, who should have it, who is there"],
    ["partitions list --output json", "one object with members and partitions, for a script"],
  ],
  async run(call) {
    const status = await askWorld(call, async ({ operations }) => operations.partitions.list());
    if (call.print.format === "table") await showTables(call, status);
    else await call.print.one(status, []);
  },
});

async function showTables({ print, notes, io }: Call, { members, partitions }: PlacementStatus): Promise<void> {
  await print.list(partitions, [
    { title: "partition", value: ({ partition }) => partition },
    { title: "state", value: ({ state }) => state },
    { title: "owner", value: ({ owner }) => owner ?? "(nobody)" },
    { title: "should be at", value: ({ owner, desired }) => (desired === owner ? undefined : (desired ?? "(nobody)")) },
    { title: "wished onto", value: ({ pin }) => pin ?? undefined },
    { title: "epoch", value: ({ epoch }) => epoch },
  ]);
  await write(io.stdout, "\n");
  await print.list(members, [
    { title: "host", value: ({ host }) => host },
    { title: "state", value: ({ state }) => state },
    { title: "alive", value: ({ alive }) => (alive ? "yes" : "no") },
    { title: "partitions", value: (member) => member.partitions },
    { title: "weight", value: ({ weight }) => weight },
    { title: "version", value: ({ version }) => version },
  ]);
  const away = partitions.filter(({ state }) => state !== "active").length;
  if (members.length === 0) notes.warn("no host is there: commands wait on the queue lane, others get no answer");
  else if (away > 0) notes.note(`${away} of ${partitions.length} partitions take no commands just now`);
}
