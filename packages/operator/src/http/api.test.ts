import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ClosedError, UnavailableError } from "@aethyr/event-store";
import { askApi, serveSmallWorld, token, type Answer, type Ask, type Served } from "../testing/served-world.ts";
import { createRoom } from "../testing/small-world.ts";
import { contentTypes, type Route } from "./route.ts";
import { routes } from "./routes.ts";
import { ErrorAnswer } from "./schemas.ts";

const room = "/v1/aggregates/room/hall";
const lines = (commands: readonly unknown[]): string => commands.map((each) => JSON.stringify(each)).join("\n");

let served: Served;
let port: number;
let notReady: Error | undefined;

beforeAll(async () => {
  served = await serveSmallWorld({
    instance: "this-start",
    maxBodyBytes: 200_000,
    async ready() {
      if (notReady) throw notReady;
    },
  });
  ({ port } = served.api);
  await served.world.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
});
afterAll(() => served[Symbol.asyncDispose]());

const ask = (path: string, how: Ask = {}): Promise<Answer> => askApi(port, path, how);
const post = (body: string, type: string = contentTypes.json): Promise<Answer> =>
  ask("/v1/commands", { method: "POST", body, headers: { "content-type": type } });
const errorOf = ({ body }: Answer): string => ErrorAnswer.parse(JSON.parse(body)).code;

describe("who is let in", () => {
  const guarded = Object.values<Route>(routes).filter(({ open }) => open !== true);
  const sample = (path: string): string => path.replace("{type}", "room").replace("{id}", "hall");

  test.each(guarded.map(({ method, path }) => ({ method, path: sample(path) })))(
    "$method $path needs the token",
    async ({ method, path }) => {
      for (const authorization of ["", "Bearer", `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`]) {
        const answer = await ask(path, { method, headers: { authorization } });
        expect([answer.status, errorOf(answer)]).toEqual([401, "unauthorised"]);
      }
    },
  );

  test("health needs none, and names the start of the process", async () => {
    const answer = await ask("/healthz", { headers: { authorization: "" } });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { status: "ok", instance: "this-start" }]);
  });

  test("an unknown path does not tell strangers that it is unknown", async () => {
    expect((await ask("/v1/secrets", { headers: { authorization: "" } })).status).toBe(401);
    const answer = await ask("/v1/secrets");
    expect([answer.status, errorOf(answer)]).toEqual([404, "not_found"]);
  });

  test("a name that leads here but is not this machine's own is refused, even with the token, even for health", async () => {
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      "127.0.0.1:1",
      `127.0.0.1.evil.example:${port}`,
      `0.0.0.0:${port}`,
    ]) {
      for (const path of ["/healthz", room]) {
        const answer = await ask(path, { headers: { host } });
        expect([host, answer.status, errorOf(answer)]).toEqual([host, 403, "foreign_host"]);
      }
    }
  });

  test.each(["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])("this machine may call itself %s", async (name) => {
    expect((await ask(room, { headers: { host: `${name}:${port}` } })).status).toBe(200);
  });

  test("requests of foreign web pages are refused, even with the token", async () => {
    for (const origin of ["http://evil.example", "null", "https://localhost", `https://127.0.0.1:${port}`, "http://127.0.0.1:1"]) {
      const answer = await ask(room, { headers: { origin } });
      expect([origin, answer.status, errorOf(answer)]).toEqual([origin, 403, "foreign_origin"]);
    }
    expect((await ask(room, { headers: { origin: `http://127.0.0.1:${port}` } })).status).toBe(200);
  });
});

describe("[G11] bad questions get a typed answer", () => {
  test.each([
    [`${room}?at=0`, 400],
    [`${room}?at=1.5`, 400],
    [`${room}?at=`, 400],
    [`${room}?at=1&at=2`, 400],
    [`${room}?version=1`, 400],
    ["/v1/aggregates/room/.hidden", 400],
    [`/v1/aggregates/room/${"x".repeat(129)}`, 400],
    [`/v1/aggregates/${"x".repeat(33)}/hall`, 400],
    ["/v1/aggregates/room/%2e%2e%2fetc", 400],
    ["/v1/aggregates/room/%zz", 400],
    [`${room}/events?limit=1001`, 400],
    [`${room}/events?direction=sideways`, 400],
    ["/v1/events?after=-1", 400],
    ["/v1/events?follow=yes", 400],
    ["/v1/actors?x=1", 400],
    ["/v1/aggregates/room/nowhere", 404],
    [`${room}?at=2`, 404],
  ])("GET %s is answered %i", async (path, status) => {
    const answer = await ask(path);
    expect([answer.status, errorOf(answer)]).toEqual([status, status === 404 ? "not_found" : "invalid_request"]);
  });

  test.each([
    ["{}", contentTypes.json, 400, "invalid_request"],
    ["[", contentTypes.json, 400, "invalid_request"],
    ["", contentTypes.json, 400, "invalid_request"],
    ["[]", "text/plain", 415, "unsupported_media_type"],
    [`[${"1,".repeat(1_000)}1]`, contentTypes.json, 413, "invalid_request"],
    ["1\n".repeat(1_001), contentTypes.ndjson, 413, "invalid_request"],
    ["x".repeat(200_001), contentTypes.ndjson, 413, "too_large"],
  ])("a body that is no list of commands is refused as a whole (%#)", async (body, type, status, code) => {
    const answer = await post(body, type);
    expect([answer.status, errorOf(answer)]).toEqual([status, code]);
  });

  test("of several commands, each that is none has its own reply, in its place, and appends nothing", async () => {
    const before = await served.world.store.head();
    const bad = [7, null, {}, { ...createRoom("x"), v: 2 }, { ...createRoom("x"), target: "room/x" }, { ...createRoom("x"), id: "" }];
    for (const answer of [await post(JSON.stringify(bad)), await post(`${lines(bad)}\n\n`, contentTypes.ndjson)]) {
      const replies = z.array(z.object({ code: z.string(), command: z.string() })).parse(JSON.parse(answer.body));
      expect(replies.map(({ code }) => code)).toEqual(bad.map(() => "invalid"));
    }
    const mixed = await post(`${lines([createRoom("m1")])}\nnot json\n\r\n${JSON.stringify(createRoom("m2"))}`, contentTypes.ndjson);
    expect(
      z
        .array(z.object({ code: z.string() }))
        .parse(JSON.parse(mixed.body))
        .map(({ code }) => code),
    ).toEqual(["accepted", "invalid", "accepted"]);
    expect(await served.world.store.readAll(before)).toHaveLength(2);
  });

  test("a request without a body of commands does nothing", async () => {
    const answer = await ask("/v1/commands", { method: "POST" });
    expect([answer.status, errorOf(answer)]).toEqual([400, "invalid_request"]);
  });
});

describe("how the world is doing", () => {
  test("it is ready, or says why not", async () => {
    expect((await ask("/readyz")).status).toBe(200);
    notReady = new UnavailableError("the disk is gone");
    const answer = await ask("/readyz");
    expect([answer.status, JSON.parse(answer.body)]).toEqual([503, { code: "unavailable", message: "the disk is gone" }]);
    notReady = new ClosedError();
    expect((await ask("/readyz")).status).toBe(503);
    notReady = undefined;
  });

  test("a fault of the program is logged in full, and told in general", async () => {
    notReady = new Error("at line 7, password hunter2");
    const answer = await ask("/readyz");
    expect([answer.status, errorOf(answer)]).toEqual([500, "internal"]);
    expect(answer.body).not.toContain("hunter2");
    expect(served.logged.at(-1)).toMatchObject({ err: notReady });
    notReady = undefined;
  });

  test("[A3] metrics are served in the format of Prometheus", async () => {
    const answer = await ask("/metrics");
    expect(answer.type).toBe(contentTypes.metrics);
    expect(answer.body).toContain("# HELP aethyr_commands_total");
  });
});
