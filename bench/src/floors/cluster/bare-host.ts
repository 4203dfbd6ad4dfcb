import { jetstream, jetstreamManager, AckPolicy } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { openBareImmudb } from "../../immudb/bare-client.ts";
import { numberField, encodeFields, readFields } from "../../immudb/wire.ts";
import { genesisTx, positionsPerTx, type BareCommand, type FloorPlace } from "./place.ts";
import { encodeBareSet } from "./set-request.ts";

// A host that knows nothing: takes commands of both lanes, gives each the next version of its stream, and writes, replies and acknowledges as the
// system does. One fence is raised at its start and demanded by every `Set`.

/** As the store has them. */
const mostCommands = 256;
const setsInFlight = 2;

type Taken = {
  readonly command: BareCommand;
  readonly path: string;
  readonly respond: (reply: string) => void;
  readonly acknowledge: () => void;
};

const place = JSON.parse(process.argv[2] ?? "{}") as FloorPlace;
const { world } = place;
const nats = await connect({ ...place.nats, noAsyncTraces: true });
const immudb = await openBareImmudb(place.immudb);
const fenceKey = "fence/1/0";
const txOf = (header: Uint8Array): number => [...readFields(header)].find(({ field }) => field === 1)?.number ?? 0;
const fence = txOf(await immudb.call("Set", encodeBareSet({ entries: [[fenceKey, '{"epoch":1}']], exist: [], unwritten: [] })));
const versions = new Map<string, number>();
const busy = new Set<string>();
let waiting: Taken[] = [];
let inFlight = 0;
let scheduled = false;

const hex = (version: number): string => version.toString(16).padStart(16, "0");
const schedule = (): void => {
  if (scheduled) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    while (inFlight < setsInFlight) {
      const batch: Taken[] = [];
      const later: Taken[] = [];
      for (const one of waiting) (batch.length < mostCommands && !busy.has(one.path) ? batch : later).push(one);
      waiting = later;
      if (batch.length === 0) return;
      void write(batch);
    }
  });
};

async function write(batch: readonly Taken[]): Promise<void> {
  inFlight += 1;
  for (const { path } of batch) busy.add(path);
  const entries: [string, string][] = [];
  const exist: string[] = [];
  const unwritten: [string, number][] = [];
  const replies: string[] = [];
  const written = new Set<string>();
  const at = new Date().toISOString();
  for (const [index, { command, path }] of batch.entries()) {
    const { id, target, data } = command;
    const before = versions.get(path) ?? 0;
    const version = before + 1;
    versions.set(path, version);
    if (!written.has(path)) {
      if (before > 0) exist.push(`e/${path}/${hex(before)}`);
      unwritten.push([`e/${path}/${hex(version)}`, genesisTx], ...(before > 0 ? [[`end/${path}`, genesisTx] as [string, number]] : []));
      written.add(path);
    }
    const event = {
      actor: "bench",
      at,
      command: id,
      data,
      id: `${id}/0`,
      index,
      stream: target,
      type: "GameObjectAttributeUpdated",
      v: 1,
      version,
    };
    entries.push([`e/${path}/${hex(version)}`, JSON.stringify(event)]);
    if (before === 0) entries.push([`a/${path}`, ""]);
    const changed = [{ stream: target, version }];
    entries.push([`c/${id}`, JSON.stringify({ changed, code: "accepted", index })]);
    unwritten.push([`c/${id}`, genesisTx]);
    replies.push(`"command":"${id}","changed":${JSON.stringify(changed)}`);
  }
  unwritten.push([fenceKey, fence]);
  const tx = txOf(await immudb.call("Set", encodeBareSet({ entries, exist, unwritten })));
  for (const [index, { respond, acknowledge }] of batch.entries()) {
    respond(`{"v":1,"code":"accepted","position":${tx * positionsPerTx + index},${replies[index]}}`);
    acknowledge();
  }
  nats.publish(`hint.${world}.head`, String(tx * positionsPerTx + batch.length - 1));
  for (const { path } of batch) busy.delete(path);
  inFlight -= 1;
  schedule();
}

function take(bytes: Uint8Array, respond: Taken["respond"], acknowledge: Taken["acknowledge"]): void {
  const command = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()) as BareCommand;
  waiting.push({ command, path: `${command.target.type}/${command.target.id}`, respond, acknowledge });
  schedule();
}

nats.subscribe(`req.${world}.*.*.*`, {
  callback: (error, message) => {
    if (error === null)
      take(
        message.data,
        (reply) => void message.respond(reply),
        () => undefined,
      );
  },
});
const stream = `CMD_${world}`;
const manager = await jetstreamManager(nats);
await manager.consumers.add(stream, { durable_name: "floor", ack_policy: AckPolicy.Explicit, max_ack_pending: 1_000 });
const consumer = await jetstream(nats).consumers.get(stream, "floor");
await consumer.consume({
  max_messages: 1_000,
  callback: (message) => {
    const replyTo = message.headers?.get("Cmd-Reply");
    take(
      message.data,
      (reply) => void (replyTo && nats.publish(replyTo, reply)),
      () => message.ack(),
    );
  },
});
// The relay must see the database as it is once the fence is there.
await immudb.call("TxScan", encodeFields(numberField(1, 1), numberField(2, 1)));
process.on("disconnect", () => process.exit());
process.send?.("ready");
