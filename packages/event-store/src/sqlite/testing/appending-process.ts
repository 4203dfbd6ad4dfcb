/**
 * A process for the tests to kill: opens the store in the folder of its argument, appends without end from eight callers, and prints a line
 * for each commit that was acknowledged.
 */
import { ref } from "@aethyr/kernel";
import { openSqliteEventStore } from "../sqlite-event-store.ts";

export type Acknowledged = { readonly path: string; readonly version: number; readonly position: number; readonly command: string };

const [directory = "", round = ""] = process.argv.slice(2);
const store = await openSqliteEventStore({ directory });
process.stdout.write("open\n");

async function appendForEver(caller: number): Promise<never> {
  const stream = ref("room", `hall-${caller}`);
  const shared = ref("room", "shared");
  let [head] = await store.heads([stream]);
  for (let count = 0; ; count += 1) {
    const command = `${round}-${caller}-${count}`;
    const event = (ordinal: number) => ({
      id: `${command}/${ordinal}`,
      type: "RoomDescriptionUpdated",
      schema: 1,
      machine: 1,
      time: "2026-01-02T03:04:05.678Z",
      data: { description: "x".repeat((count * 37) % 3000) },
      meta: { command, actor: null, correlation: command, causation: null },
    });
    const [result] = await store.append([
      {
        writes: [
          { stream, expected: head?.version ?? 0, events: [event(0), event(1)] },
          { stream: shared, expected: "any", events: [event(2)] },
        ],
        command: { id: command, outcome: { caller, count } },
      },
    ]);
    if (!result?.ok) throw result?.error ?? new Error("the store answered nothing");
    const version = result.versions[0] ?? 0;
    head = { version, ended: false };
    process.stdout.write(
      `${JSON.stringify({ path: `room/hall-${caller}`, version, position: result.position, command } satisfies Acknowledged)}\n`,
    );
  }
}

await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(appendForEver));
