import { ref } from "@aethyr/kernel";
import { verifyLog, type Checkpoint } from "@aethyr/proof";
import { accepted, commitOf, newEvent, newEvents, write } from "../../contract/samples.ts";
import type { EventStore } from "../../event-store.ts";
import { openLogOnThread } from "../sqlite-log.ts";

/** Of every kind of entry there is: several streams in a commit, streams that end, commands with readable and with hashed keys. */
export const streams = ["room/hall", "room/cellar", "player/ada", "room/attic"].map((path) => {
  const [type = "", id = ""] = path.split("/");
  return ref(type, id);
});
export const commandIds = ["make", "dig", "é".repeat(120), "close"];

export async function fillSmallLog(store: EventStore): Promise<void> {
  const [hall, cellar, ada, attic] = streams;
  if (!hall || !cellar || !ada || !attic) throw new Error("a stream is missing");
  const outcome = (text: string) => ({ reply: text });
  await accepted(store, { ...commitOf(hall, 0, 2), command: { id: "make", outcome: outcome("made") } });
  await store.append([
    { writes: [write(cellar, 0, newEvents(2, "RoomExitAdded")), write(hall, 2)], command: { id: "dig", outcome: outcome("dug") } },
    { writes: [write(ada, 0, [newEvent("PlayerCreated", { name: "Ada" })])], command: { id: commandIds[2] ?? "", outcome: null } },
    commitOf(hall, 3),
  ]);
  await accepted(store, { writes: [write(attic, 0, 1, true)] });
  await accepted(store, { writes: [write(cellar, 2, 1, true), write(ada, 1)], command: { id: "close", outcome: outcome("closed") } });
  await accepted(store, commitOf(hall, 4));
}

/** What `log verify` finds in the log of a folder: the refusal of the hashes, and the faults that no hash tells. Throws where it cannot be opened. */
export async function findingsOf(directory: string, checkpoints: readonly Checkpoint[] = []): Promise<readonly string[]> {
  const log = await openLogOnThread({ directory }, "caller");
  try {
    const verdict = await verifyLog(log.proof, { checkpoints });
    const refusals = verdict.ok ? [] : [`${verdict.rule} in ${verdict.tx ?? "?"}: ${verdict.message}`];
    return [...refusals, ...(await log.faults())];
  } finally {
    await log.close();
  }
}
