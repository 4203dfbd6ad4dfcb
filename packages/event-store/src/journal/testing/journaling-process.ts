/**
 * A process for the tests to kill: a journal on a log, appended to without end from four callers that begin where they left off. It prints a
 * line for each commit that was acknowledged, and for each append that came to the log from the journal; lines that it is sent are modes of
 * its log. The argument is a `JournalingProcess`.
 */
import { createInterface } from "node:readline";
import { pathOf, ref, type Ref } from "@aethyr/kernel";
import type { EventStore } from "../../event-store.ts";
import { openImmudbEventStore, type ImmudbOptions } from "../../immudb/index.ts";
import { openSqliteEventStore } from "../../sqlite/index.ts";
import { withJournal, type JournaledEventStore } from "../with-journal.ts";
import { createUnsteadyStore, type UnsteadyStore } from "./unsteady-store.ts";

export type JournalingProcess = {
  readonly log: { readonly directory: string } | { readonly immudb: ImmudbOptions };
  readonly directory: string;
  readonly mode: UnsteadyStore["mode"];
  /** Part of the ids of its commands. */
  readonly round: string;
};

export type Said =
  | { readonly said: "open" }
  | {
      readonly said: "acknowledged";
      readonly path: string;
      readonly version: number;
      readonly command: string;
      readonly provisional: boolean;
    }
  | { readonly said: "drained" };

const { log, directory, mode, round } = JSON.parse(process.argv[2] ?? "") as JournalingProcess;
const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);

const engine: EventStore & { readonly logId: string } =
  "immudb" in log ? await openImmudbEventStore(log.immudb) : await openSqliteEventStore({ directory: log.directory });
const primary = createUnsteadyStore(engine);
primary.mode = mode;
const { append } = primary;
let journal: JournaledEventStore | undefined = undefined as JournaledEventStore | undefined;
primary.append = async (commits) => {
  const drains = journal === undefined || journal.outage().commits > 0;
  const results = await append.call(primary, commits);
  if (drains) say({ said: "drained" });
  return results;
};
createInterface(process.stdin).on("line", (line) => {
  primary.mode = line as UnsteadyStore["mode"];
});
const store = await withJournal({ primary, logId: engine.logId, directory });
journal = store;
say({ said: "open" });

/** Streams of one caller, in turn: what is on its way when the log goes away is in doubt, and nothing is appended to it until that is known. */
const streamsOfCaller = 20;

async function appendForEver(caller: number): Promise<never> {
  const streams = Array.from({ length: streamsOfCaller }, (_, at) => ref("room", `hall-${caller}-${at}`));
  // Where the log is away, the journal knows some of them.
  const versions = await Promise.all(streams.map((stream) => versionOf(stream)));
  for (let count = 0; ; count += 1) {
    const at = count % streamsOfCaller;
    const stream = streams[at]!;
    const expected = (versions[at] ??= await versionOf(stream));
    if (expected === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    const command = `${round}-${caller}-${count}`;
    const event = (ordinal: number) => ({
      id: `${command}/${ordinal}`,
      type: "RoomDescriptionUpdated",
      schema: 1,
      machine: 1,
      time: "2026-01-02T03:04:05.678Z",
      data: { description: "x".repeat((count * 37) % 500) },
      meta: { command, actor: null, correlation: command, causation: null },
    });
    const result = await store
      .append([{ writes: [{ stream, expected, events: [event(0), event(1)] }], command: { id: command, outcome: count } }])
      .then(([one]) => one)
      .catch(() => undefined);
    versions[at] = result?.ok ? result.versions[0] : undefined;
    // A refusal may need nothing but memory: whoever then asks again at once lets nothing else be done.
    if (!result?.ok) await new Promise((resolve) => setTimeout(resolve, 5));
    else say({ said: "acknowledged", path: pathOf(stream), version: expected + 2, command, provisional: result.provisional === true });
  }
}

async function versionOf(stream: Ref): Promise<number | undefined> {
  const [head] = await store.heads([stream]).catch(() => []);
  return head?.version;
}

await Promise.all([0, 1, 2, 3].map(appendForEver));
