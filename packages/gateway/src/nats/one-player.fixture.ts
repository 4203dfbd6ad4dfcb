import { connect } from "@nats-io/transport-node";
import type { Presence } from "../game/broadcast/broadcast.ts";
import { createNatsBroadcast } from "./nats-broadcast.ts";

// A gateway with one player, until it is killed: it takes the server's URL, the world and the player's presence.
const [url = "", world = "", presence = ""] = process.argv.slice(2);
const nats = await connect({ servers: url, noAsyncTraces: true });
const broadcast = await createNatsBroadcast({ nats, world, log: { info() {}, warn() {}, error() {} }, aliveMs: 50, silenceMs: 1_000 });
await broadcast.send({ kind: "entered", who: JSON.parse(presence) as Presence, place: "room/hall" });
