import { randomUUIDv7 } from "node:crypto";
import type { AcceptedCommand } from "@aethyr/bench/history";
import { serverText, startImmudbServer, type BareImmudb } from "@aethyr/bench/immudb";
import { StoreError, type Commit, type EventStore } from "@aethyr/event-store";
import { pathOf, ref, type NewEvent, type Ref } from "@aethyr/kernel";
import { must, type Fault } from "../fault.ts";
import type { Choose } from "../random.ts";
import { createDatabase, setOf } from "../world/databases.ts";
import { judge } from "../world/judge.ts";
import { startSenders } from "../world/senders.ts";
import { openWorld } from "../world/world.ts";

/** Of one transaction of ImmuDB, and of one request to it. */
const mostEntries = 1_024;
const mostBytes = 32 * 1024 * 1024;
/** As many streams as a commit may write, two events to each. */
const streams = 256;
/** So many, each nearly as large as an event may be, come to a little more than a request. */
const largeEvents = 129;

function event(command: string, ordinal: number, text: string): NewEvent {
  return {
    id: `${command}/${ordinal}`,
    type: "GameObjectAttributeUpdated",
    schema: 1,
    machine: 1,
    time: new Date().toISOString(),
    data: { key: "note", value: text },
    meta: { command, actor: "faults", correlation: command, causation: null },
  };
}

/** A commit of so many records: two events and a first-event marker for each of 256 streams, the end of some, and the command itself. */
function commitOfRecords(records: number): Commit {
  const id = randomUUIDv7();
  const ends = records - streams * 3 - 1;
  return {
    writes: Array.from({ length: streams }, (_, number) => ({
      stream: freshStream(),
      expected: "no-stream",
      events: [event(id, number * 2 + 1, "first"), event(id, number * 2 + 2, "second")],
      ends: number < ends,
    })),
    command: { id, outcome: null },
  };
}

/** A commit of large events, the last of them longer or shorter by as much as is wanted. */
function commitOfBytes(stream: Ref, textLength: number, lastLength: number): Commit {
  const id = randomUUIDv7();
  const lengths = Array.from({ length: largeEvents }, (_, number) => (number === largeEvents - 1 ? lastLength : textLength));
  const events = lengths.map((length, number) => event(id, number + 1, "x".repeat(length)));
  return { writes: [{ stream, expected: "no-stream", events }], command: { id, outcome: null } };
}

const freshStream = (): Ref => ref("limits", randomUUIDv7());

async function appended(store: EventStore, commit: Commit): Promise<AcceptedCommand> {
  const [result] = await store.append([commit]);
  must(result?.ok === true, `a commit at the limit was refused: ${result?.ok === false ? result.error.message : "no result"}`);
  const changed = commit.writes.map(({ stream }, index) => ({ stream: pathOf(stream), version: result.versions[index] ?? 0 }));
  return { id: commit.command?.id ?? "", position: result.position, changed };
}

async function refused(store: EventStore, what: string, commit: Commit): Promise<StoreError> {
  const error = await store.append([commit]).then(
    () => undefined,
    (error: unknown) => error,
  );
  must(error instanceof StoreError && error.code === "limit_exceeded", `${what} was not refused as it should be: ${String(error)}`);
  const heads = await store.heads(commit.writes.map(({ stream }) => stream));
  must(
    heads.every(({ version }) => version === 0),
    `${what} was refused, and a part of it was appended`,
  );
  return error;
}

/** What the server itself takes: the store's limits are no larger, or it would be the server that refuses. */
async function checkServer(client: BareImmudb): Promise<void> {
  const entries = (count: number, at: string) => setOf(Object.fromEntries(Array.from({ length: count }, (_, n) => [`${at}/${n}`, ""])));
  const refusal = (request: Buffer): Promise<string> => client.call("Set", request).then(() => "", serverText);
  must((await refusal(entries(mostEntries, "full"))) === "", `the server does not take ${mostEntries} entries any more`);
  const over = await refusal(entries(mostEntries + 1, "over"));
  must(over.includes("max number of entries per tx exceeded"), `the server says "${over}" to ${mostEntries + 1} entries`);
  const halves = (bytes: number) => setOf({ a: Buffer.alloc(mostBytes / 2), b: Buffer.alloc(bytes) });
  const around = halves(0).length - mostBytes / 2;
  // The length of a length takes more bytes where it is larger.
  const exact = mostBytes / 2 - around - (halves(mostBytes / 4).length - halves(0).length - mostBytes / 4);
  must(halves(exact).length === mostBytes, `a request of ${mostBytes} bytes was to be made, it has ${halves(exact).length}`);
  const whole = await refusal(halves(exact));
  must(whole === "", `the server says "${whole}" to ${mostBytes} bytes`);
  const larger = await refusal(halves(exact + 1));
  must(/message larger than max/.test(larger), `the server says "${larger}" to ${mostBytes + 1} bytes`);
}

/** Commits of exactly the size that the store says it takes, and one byte over. */
async function checkBytes(store: EventStore, choose: Choose): Promise<AcceptedCommand> {
  const textLength = 255 * 1024 - choose(1_000);
  const stream = freshStream();
  const over = await refused(store, "a commit over 32 MB", commitOfBytes(stream, textLength, textLength));
  const { limit, actual } = over.details as { readonly limit: number; readonly actual: number };
  must(limit <= mostBytes, `the store takes ${limit} bytes, the server ${mostBytes}`);
  const fitting = textLength - (actual - limit);
  await refused(store, "a commit one byte over the limit", commitOfBytes(stream, textLength, fitting + 1));
  return appended(store, commitOfBytes(stream, textLength, fitting));
}

/** The engine's limits met exactly and exceeded, beside ordinary load. */
export const exactLimits: Fault = {
  name: "limits",
  about: "1,024 entries and 32 MB in one transaction, exactly and one over, under load",
  holds: "[G5] [G11] what is as large as can be is taken whole, what is larger is refused whole, and nobody else is concerned",
  async run({ choose, directory, later, progress }) {
    const running = await startImmudbServer({ directory });
    const { server, place, bare } = running;
    later(server.stop);
    progress("the server's own limits");
    await createDatabase(running, "raw", "log's");
    await bare("raw", checkServer);

    const { store, ask, close } = await openWorld({ ...place("log"), create: true });
    later(close);
    const senders = await startSenders({ ask, choose, count: 1 + choose(8), things: 1 + choose(50) });
    progress("entries");
    const large: AcceptedCommand[] = [];
    await senders.acknowledged(10);
    large.push(await appended(store, commitOfRecords(mostEntries)));
    await refused(store, `${mostEntries + 1} entries`, commitOfRecords(mostEntries + 1));
    progress("bytes");
    large.push(await checkBytes(store, choose));
    await senders.acknowledged(10);
    await senders.finish();
    await close();
    // Large commits take their time, and a busy host may tell a command to come again.
    const others = Object.keys(senders.counts()).filter((code) => code !== "accepted" && code !== "unavailable");
    must(others.length === 0, `because others came to the limits, small commands were answered ${others.join(", ")}`);
    const { events } = await judge(place("log"), [...senders.accepted(), ...large]);
    return { counts: { "at the limit": large.length + 2, "over it": 5, events, ...senders.counts() } };
  },
};
