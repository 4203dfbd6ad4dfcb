import { jetstream } from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";
import { openBareImmudb } from "../../immudb/bare-client.ts";
import { bytesField, encodeFields, numberField, readFields, type Field } from "../../immudb/wire.ts";
import { positionsPerTx, type FloorPlace } from "./place.ts";

// A relay that knows nothing: when a hint says that the log has grown, it reads the new transactions and publishes their events in order, each
// expecting to be the next of the stream.

/** Events on their way at once, as the system's relay has. */
const mostOnTheWay = 256;
const txsPerPage = 128;

const place = JSON.parse(process.argv[2] ?? "{}") as FloorPlace;
const { world } = place;
const nats = await connect({ ...place.nats, noAsyncTraces: true });
const immudb = await openBareImmudb(place.immudb);
const stream = jetstream(nats);
let nextTx = 1;
let sequence = 0;
let previous = 0;
let hinted = 0;
let running = false;

const fieldIn = (message: Uint8Array, wanted: number): Field | undefined => [...readFields(message)].find(({ field }) => field === wanted);
// Raw values, whatever the index has come to.
const scan = (from: number): Buffer =>
  encodeFields(numberField(1, from), numberField(2, txsPerPage), bytesField(4, bytesField(1, numberField(1, 2))), numberField(5, 1));

type Event = { readonly path: string; readonly version: number; readonly position: number; readonly bytes: Uint8Array };

function eventsOf(tx: Uint8Array): readonly Event[] {
  const id = fieldIn(fieldIn(tx, 1)?.bytes ?? tx, 1)?.number ?? 0;
  nextTx = id + 1;
  const events: Event[] = [];
  for (const { field, bytes } of readFields(tx)) {
    if (field !== 2) continue;
    const key = Buffer.from(fieldIn(bytes, 1)?.bytes ?? bytes).toString("latin1", 1);
    if (!key.startsWith("e/")) continue;
    const slash = key.lastIndexOf("/");
    const position = id * positionsPerTx + events.length;
    const value = fieldIn(bytes, 5)?.bytes ?? bytes;
    events.push({ path: key.slice(2, slash), version: Number.parseInt(key.slice(slash + 1), 16), position, bytes: value.subarray(1) });
  }
  return events;
}

async function publish({ path, version, position, bytes }: Event): Promise<void> {
  const head = headers();
  head.set("content-type", "application/json");
  head.set("Evt-Position", String(position));
  head.set("Evt-Previous", String(previous));
  head.set("Evt-Type", "GameObjectAttributeUpdated");
  head.set("Evt-Version", String(version));
  previous = position;
  const expect = { lastSequence: sequence };
  sequence += 1;
  await stream.publish(`evt.${world}.${path.replace("/", ".")}`, bytes, { msgID: `${path}@${version}`, headers: head, expect });
}

async function run(): Promise<void> {
  if (running) return;
  running = true;
  while (hinted > previous) {
    const page = await immudb.call("TxScan", scan(nextTx));
    const events = [...readFields(page)].flatMap(({ field, bytes }) => (field === 1 ? eventsOf(bytes) : []));
    for (let start = 0; start < events.length; start += mostOnTheWay)
      await Promise.all(events.slice(start, start + mostOnTheWay).map(publish));
  }
  running = false;
}

nats.subscribe(`hint.${world}.head`, {
  callback: (error, message) => {
    if (error !== null) return;
    hinted = Math.max(hinted, Number(message.string()));
    void run();
  },
});
await nats.flush();
process.on("disconnect", () => process.exit());
process.send?.("ready");
