import { readFile } from "node:fs/promises";
import { canStartCluster, startTestCluster, type TestCluster } from "@aethyr/local-cluster/testing";
import { partitionOf, replyCodes } from "@aethyr/protocol";
import { jetstream } from "@nats-io/jetstream";
import { connect, headers, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { asyncapi } from "./asyncapi.ts";
import { exchangesIn } from "./session.ts";

const page = await readFile(new URL("../README.md", import.meta.url), "utf8");
const { schemas } = asyncapi()["components"] as { readonly schemas: Readonly<Record<string, object>> };

type Event = { readonly stream: string; readonly version: number; readonly type: string; readonly command: string };

/** What differs from run to run. */
const masked = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part: unknown) => (["position", "seq", "time"].includes(key) ? `<${key}>` : part)));

function checkOf(name: string) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const check = ajv.compile(schemas[name] ?? false);
  return (value: unknown): unknown => (check(value) ? [] : check.errors);
}

describe.skipIf(!(await canStartCluster()))("the protocol by a bare connection, against real processes", () => {
  let cluster: TestCluster;
  let nats: NatsConnection;

  beforeAll(async () => {
    cluster = await startTestCluster({ world: "aethyr", hosts: 2, gateways: 0 });
    // Hosts share out the work as they come; while a partition moves nobody answers for it.
    await vi.waitFor(async () => expect(await cluster.isSettled()).toBe(true), { timeout: 60_000 });
    nats = await connect({
      servers: cluster.servers.nats[0].url,
      user: "node",
      pass: cluster.secrets.nats.node,
      inboxPrefix: "_INBOX_node",
    });
  }, 300_000);
  afterAll(async () => {
    await nats?.close();
    await cluster?.close();
  }, 60_000);

  async function request(subject: string, body: string | Uint8Array, values: Readonly<Record<string, string>> = {}) {
    const all = headers();
    for (const [name, value] of Object.entries(values)) all.set(name, value);
    return nats.request(subject, body, { headers: all, timeout: 20_000 });
  }
  /** At most five messages of the feed, as the page says to read it: those after a sequence. */
  async function page5(after: number): Promise<readonly Msg[]> {
    const question = JSON.stringify({ seq: after + 1, batch: 5, next_by_subj: "evt.aethyr.>" });
    const read: Msg[] = [];
    const answers = await nats.requestMany("$JS.API.DIRECT.GET.EVT_aethyr", question, { strategy: "sentinel", maxWait: 20_000 });
    for await (const answer of answers) {
      const { code = 0, description = "" } = answer.headers ?? {};
      if (code === 0) read.push(answer);
      else expect(`${code} ${description}`).toMatch(/^(204 EOB|404 Message Not Found)$/);
    }
    return read;
  }
  const command = (id: string, type: string, target: string, data: unknown, more: object = {}): string =>
    JSON.stringify({ v: 1, id, type, target: { type: "room", id: target }, data, ...more });

  test("[G3] every exchange of the page goes as it says, and fits the AsyncAPI document", async () => {
    const exchanges = exchangesIn(page);
    expect(exchanges.length).toBeGreaterThan(12);
    for (const { subject, body, headers: values, answers } of exchanges) {
      const inbox = values["Cmd-Reply"];
      const reply = inbox === undefined ? undefined : nats.subscribe(inbox, { max: 1 });
      const isEvent = subject.startsWith("$JS.API.DIRECT");
      const ask = async () => (await request(subject, body, values)).json();
      // The relay needs a moment.
      if (isEvent) await expect.poll(async () => masked(await ask()), { timeout: 20_000 }).toEqual(masked(answers[0]));
      const heard: unknown[] = [await ask()];
      if (reply !== undefined) for await (const message of reply) heard.push(message.json());
      expect(masked(heard), body).toEqual(masked(answers));
      const isReply = !isEvent && !subject.startsWith("cmd.");
      for (const value of heard.slice(isReply || isEvent ? 0 : 1)) expect(checkOf(isEvent ? "event" : "reply")(value), body).toEqual([]);
      if (isReply && body.startsWith('{"v":1')) expect(checkOf("command")(JSON.parse(body)), body).toEqual([]);
    }
  });

  test("[G4][G12] the feed has every event once, in the log's order, each naming the one before it", async () => {
    for (let at = 1; at <= 5; at += 1)
      await request(
        "req.aethyr.room.well",
        command(
          `well-${at}`,
          at === 1 ? "CreateRoom" : "UpdateRoomDescription",
          "well",
          at === 1 ? { name: "Well" } : { description: `${at}` },
        ),
      );
    const read: Msg[] = [];
    const isDone = (): boolean => read.some((message) => message.json<Event>().command === "well-5");
    // The relay needs a moment.
    await expect
      .poll(async () => (read.push(...(await page5(Number(read.at(-1)?.headers?.get("Nats-Sequence") ?? 0)))), isDone()))
      .toBe(true);
    let position = 0;
    for (const message of read) {
      expect(Number(message.headers?.get("Evt-Previous"))).toBe(position);
      position = Number(message.headers?.get("Evt-Position"));
      const event = message.json<Event>();
      expect(checkOf("event")(event)).toEqual([]);
      expect(message.headers?.get("Nats-Subject")).toBe(`evt.aethyr.${event.stream.replace("/", ".")}`);
      expect(message.headers?.get("Nats-Msg-Id")).toBe(`${event.stream}@${event.version}`);
      expect(message.headers?.get("Evt-Version")).toBe(String(event.version));
      expect(message.headers?.get("Evt-Type")).toBe(event.type);
    }
  });

  test("[G11] what is too large, no JSON, or has a dot in its id is answered as the page says", async () => {
    expect((await request("req.aethyr.room.tower", "x".repeat(70_000))).json()).toMatchObject({ code: "too_large", command: "" });
    expect((await request("req.aethyr.room.tower", "{ what?")).json()).toMatchObject({
      code: "invalid",
      command: "",
      issues: [{ path: "" }],
    });
    const dotted = command(
      "dot-1",
      "CreateRoom",
      "a.b",
      { name: "A dot" },
      { correlation: "story-1", causation: "why", actor: "me", later: "ignored" },
    );
    expect((await request("req.aethyr.room.a%2Eb", dotted)).json()).toMatchObject({ code: "accepted" });
    const packed = Buffer.from("81a176c0", "hex");
    const reply = await request("req.aethyr.room.tower", packed, { "content-type": "application/msgpack" });
    expect(reply.headers?.get("content-type")).toBe("application/msgpack");
  });

  test("[G3] a command whose reply on the queue lane was not asked for is asked for on the request lane", async () => {
    const body = command("quiet-1", "CreateRoom", "quiet", { name: "Quiet" });
    expect((await request("cmd.aethyr.room.quiet", body, { "Nats-Msg-Id": "quiet-1" })).json()).toMatchObject({ stream: "CMD_aethyr" });
    expect((await request("req.aethyr.room.quiet", body)).json()).toMatchObject({ code: "accepted", changed: [{ version: 1 }] });
  });

  test("[G11] what a game node may not do is refused by NATS", async () => {
    for (const subject of [
      "req.other.room.tower",
      "evt.aethyr.room.tower",
      "$JS.API.STREAM.PURGE.EVT_aethyr",
      "$JS.API.CONSUMER.CREATE.EVT_aethyr.mine",
    ])
      await expect(request(subject, "{}"), subject).rejects.toThrow(/[Pp]ermissions/);
    await expect(jetstream(nats).consumers.get("EVT_aethyr")).rejects.toThrow(/[Pp]ermissions/);
  });

  test("no service has tried what its own role may not do", () => {
    expect(cluster.said.filter((line) => /[Pp]ermissions? [Vv]iolation/.test(line))).toEqual([]);
  });

  test("the page names the right partition", () => {
    const named = [...page.matchAll(/req\.aethyr\.(\d+)\.room\.tower/g)].map(([, partition]) => Number(partition));
    expect(named).toEqual([partitionOf({ type: "room", id: "tower" }, 32)]);
  });

  test("the page names every reply code", () => {
    for (const code of replyCodes) expect(page).toContain(`| \`${code}\` |`);
  });

  test("[G6] with no host there is nobody who answers, and the queue lane keeps the command until one is back", async () => {
    const hosts = cluster.hosts();
    for (const host of hosts) await host.signal("SIGTERM");
    const body = command("late-1", "CreateRoom", "late", { name: "Late" });
    await expect(request("req.aethyr.room.late", body)).rejects.toThrow("no responders");
    const reply = nats.subscribe("_INBOX_node.late", { max: 1 });
    await request("cmd.aethyr.room.late", body, { "Nats-Msg-Id": "late-1", "Cmd-Reply": "_INBOX_node.late" });
    await hosts[0]?.restart();
    for await (const message of reply) expect(message.json()).toMatchObject({ command: "late-1", code: "accepted" });
  });
});
