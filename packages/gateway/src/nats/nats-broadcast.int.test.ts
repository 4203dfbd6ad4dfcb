import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Presence, Signal } from "../game/broadcast/broadcast.ts";
import { createNatsBroadcast, type NatsBroadcast } from "./nats-broadcast.ts";

const binary = await ensureServer("nats");
const quiet = { info() {}, warn() {}, error() {} };

describe.skipIf(binary === undefined)("what gateways tell each other over NATS", () => {
  let server: RunningServer;
  let worlds = 0;
  let world = "";
  const open: { readonly nats: NatsConnection; readonly broadcast: NatsBroadcast }[] = [];

  beforeAll(async () => {
    server = await startNats({ jetstream: false });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const { nats, broadcast } of open.splice(0)) {
      await broadcast.close();
      await nats.close();
    }
    worlds += 1;
  });

  async function node() {
    world = `w${worlds}`;
    const nats = await connect({ servers: server.url, noAsyncTraces: true, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    const broadcast = await createNatsBroadcast({ nats, world, log: quiet, aliveMs: 50, silenceMs: 1_000 });
    const heard: Signal[] = [];
    broadcast.listen((signal) => heard.push(signal));
    open.push({ nats, broadcast });
    return { nats, broadcast, heard, players: () => [...broadcast.online().keys()].sort() };
  }

  const person = (player: string, session = `${player}-1`, since = 1): Presence => ({
    player,
    name: player,
    session,
    since,
    linkDead: false,
  });
  const enter = (who: Presence): Signal => ({ kind: "entered", who, place: "room/hall" });

  test("[A8] what is said at one node is heard at the others, in order, and at its own once", async () => {
    const [one, two] = [await node(), await node()];
    const texts = Array.from({ length: 50 }, (_, at) => `word ${at}`);
    for (const text of texts)
      await one.broadcast.send({ kind: "said", how: "say", from: { player: "ada", name: "Ada" }, place: "room/hall", text });
    const said = (heard: readonly Signal[]) => heard.flatMap((signal) => (signal.kind === "said" ? [signal.text] : []));
    expect(said(one.heard)).toEqual(texts);
    await expect.poll(() => said(two.heard)).toEqual(texts);
    expect(said(one.heard)).toEqual(texts);
  });

  test("who is there is known everywhere, also to a node that comes later", async () => {
    const [one, two] = [await node(), await node()];
    await one.broadcast.send(enter(person("ada")));
    await two.broadcast.send(enter(person("grace")));
    const three = await node();
    for (const each of [one, two, three]) await expect.poll(each.players).toEqual(["ada", "grace"]);
    expect(three.heard.every(({ kind }) => kind === "present")).toBe(true);
    await one.broadcast.send({ kind: "left", who: person("ada"), place: null });
    for (const each of [one, two, three]) await expect.poll(each.players).toEqual(["grace"]);
  });

  test("a character that is taken over at another node is its, whatever the first node says later", async () => {
    const [one, two] = [await node(), await node()];
    const [early, late] = [person("ada", "s1", 1), person("ada", "s2", 2)];
    await one.broadcast.send(enter(early));
    await expect.poll(two.players).toEqual(["ada"]);
    await two.broadcast.send({ kind: "link", who: late, place: null });
    await expect.poll(() => one.broadcast.online().get("ada")?.session).toBe("s2");
    await one.broadcast.send({ kind: "link", who: { ...early, linkDead: true }, place: null });
    await one.broadcast.send({ kind: "left", who: early, place: null });
    await one.broadcast.send({ kind: "told", from: { player: "x", name: "X" }, to: "ada", text: "done" });
    await expect.poll(() => two.heard.some(({ kind }) => kind === "told")).toBe(true);
    for (const each of [one, two]) expect(each.broadcast.online().get("ada")).toEqual(late);
  });

  test("a node that falls silent takes its characters along, and brings them back when it is heard again", async () => {
    const [one, two] = [await node(), await node()];
    await one.broadcast.send(enter(person("ada")));
    await expect.poll(two.players).toEqual(["ada"]);
    await server.kill("SIGKILL");
    await expect.poll(two.players, { timeout: 5_000 }).toEqual([]);
    await server.restart();
    await expect.poll(two.players, { timeout: 10_000 }).toEqual(["ada"]);
    expect(one.players()).toEqual(["ada"]);
  });

  test("[G11] what is no word of a gateway is passed over", async () => {
    const one = await node();
    for (const text of ["", "{", "null", '{"word":"signal"}', '{"word":"here","node":"x","of":1,"who":[{}]}', "\u0000"])
      one.nats.publish(`say.${world}`, text);
    await one.nats.flush();
    const two = await node();
    await two.broadcast.send(enter(person("grace")));
    await expect.poll(one.players).toEqual(["grace"]);
  });
});
