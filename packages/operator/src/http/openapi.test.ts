import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ref } from "@aethyr/kernel";
import { askApi, serveSmallWorld, type Ask, type Served } from "../testing/served-world.ts";
import { command, createRoom, createThing } from "../testing/small-world.ts";
import { contentTypes, type Route } from "./route.ts";
import { commonAnswers, routes } from "./routes.ts";

const room = "/v1/aggregates/room/hall";
let served: Served;
beforeAll(async () => {
  served = await serveSmallWorld();
  await served.world.operations.sendCommands([createRoom("hall"), createRoom("yard"), createThing("lamp", "lamp")]);
  const target = ref("room", "hall");
  await served.world.bus.deadLetter({
    id: "",
    target,
    bytes: Buffer.from("{"),
    contentType: contentTypes.json,
    reason: "it is none",
    attempts: 1,
  });
});
afterAll(() => served[Symbol.asyncDispose]());

const ask = (path: string, how: Ask = {}) => askApi(served.api.port, path, how);

describe("the OpenAPI document", () => {
  const Operation = z.object({
    operationId: z.string(),
    security: z.array(z.unknown()),
    parameters: z.array(z.object({ name: z.string(), in: z.enum(["path", "query"]), required: z.boolean(), schema: z.looseObject({}) })),
    responses: z.record(
      z.string(),
      z.object({ description: z.string().min(1), content: z.record(z.string(), z.object({ schema: z.looseObject({}) })) }),
    ),
  });
  const Document = z.object({ openapi: z.string().startsWith("3.1"), paths: z.record(z.string(), z.record(z.string(), Operation)) });
  const document = async () => Document.parse(JSON.parse((await ask("/openapi.json")).body));

  test("has every route with its parameters, and no other", async () => {
    const { paths } = await document();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId}: ${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(
      Object.values<Route>(routes)
        .map(({ id, method, path }) => `${id}: ${method} ${path}`)
        .sort(),
    );
    expect(paths["/healthz"]?.["get"]?.security).toEqual([]);
    expect(paths["/v1/world/stats"]?.["get"]?.security).toHaveLength(1);
    const at = paths["/v1/aggregates/{type}/{id}"]?.["get"]?.parameters.find(({ name }) => name === "at");
    expect(at).toMatchObject({ in: "query", required: false, schema: { anyOf: [{ type: "integer", minimum: 1 }, { type: "string" }] } });
    expect(paths["/v1/aggregates/{type}/{id}"]?.["get"]?.parameters.filter((each) => each.required).map(({ name }) => name)).toEqual([
      "type",
      "id",
    ]);
  });

  const samples: Readonly<Record<keyof typeof routes, readonly (readonly [string, number, Ask?])[]>> = {
    health: [["/healthz", 200]],
    ready: [["/readyz", 200]],
    metrics: [["/metrics", 200]],
    openapi: [["/openapi.json", 200]],
    sendCommands: [
      [
        "/v1/commands",
        200,
        {
          method: "POST",
          body: JSON.stringify([createRoom("a"), createRoom("a"), command("Sing", ref("room", "a"), {})]),
          headers: { "content-type": contentTypes.json },
        },
      ],
      ["/v1/commands", 400, { method: "POST", body: "{}", headers: { "content-type": contentTypes.json } }],
      ["/v1/commands", 413, { method: "POST", body: "1\n".repeat(1_001), headers: { "content-type": contentTypes.ndjson } }],
    ],
    showAggregate: [
      [`${room}?at=1`, 200],
      [`${room}?at=9`, 404],
      [`${room}?at=2100-01-01T00:00:00Z`, 200],
      [`${room}?at=x`, 400],
      [room, 403, { headers: { origin: "http://evil.example" } }],
    ],
    allAggregates: [["/v1/aggregates", 200]],
    diffAggregate: [
      [`${room}/diff?from=0`, 200],
      [`${room}/diff?from=0&to=1`, 200],
      [`${room}/diff?from=7`, 404],
      [`${room}/diff`, 400],
    ],
    custody: [
      ["/v1/aggregates/game-object/lamp/custody", 200],
      [`${room}/custody`, 404],
    ],
    history: [
      [`${room}/events?from=1&limit=1&direction=forward`, 200],
      [`${room}/events`, 401, { headers: { authorization: "" } }],
    ],
    tailEvents: [["/v1/events?after=0&follow=false", 200]],
    actors: [["/v1/actors", 200]],
    passivate: [["/v1/actors/room/yard/passivate", 200, { method: "POST" }]],
    worldStats: [["/v1/world/stats", 200]],
    rebuildWorld: [
      ["/v1/world/rebuild?clear=true&writeSnapshots=true", 200, { method: "POST" }],
      ["/v1/world/rebuild?clear=maybe", 400, { method: "POST" }],
    ],
    // What they answer where there are partitions, or dead letters, is in their suites.
    partitions: [["/v1/partitions", 404]],
    movePartition: [
      ["/v1/partitions/3/move?host=host-1", 404],
      ["/v1/partitions/3/move", 400],
      ["/v1/partitions/x/move?host=host-1", 400],
      ["/v1/partitions/3/move?host=a.b", 400],
    ],
    freePartition: [["/v1/partitions/3/free", 404]],
    drainHost: [["/v1/hosts/host-1/drain", 404]],
    deadLetters: [
      ["/v1/dead-letters?limit=1", 200],
      ["/v1/dead-letters?limit=0", 400],
    ],
    deadLetter: [
      ["/v1/dead-letters/1", 200],
      ["/v1/dead-letters/9", 404],
      ["/v1/dead-letters/x", 400],
    ],
    retryDeadLetter: [
      ["/v1/dead-letters/9/retry", 404],
      ["/v1/dead-letters/1/retry", 409],
    ],
    dropDeadLetter: [
      ["/v1/dead-letters/1/drop", 200],
      ["/v1/dead-letters/1/drop", 404],
    ],
    // What they answer where there are read models is in the suite of those.
    projections: [["/v1/projections", 404]],
    rebuildProjection: [
      ["/v1/projections/rooms/rebuild?keep=true", 404],
      ["/v1/projections/rooms/rebuild?untilPosition=1&untilTime=2026-01-01T00:00:00Z", 400],
      ["/v1/projections/rooms/rebuild?untilTime=yesterday", 400],
    ],
    compareProjection: [["/v1/projections/rooms/copies/rooms_v1/compare", 404]],
    switchProjection: [
      ["/v1/projections/rooms/copies/rooms_v1/switch?evenIfBehind=true", 404],
      ["/v1/projections/Rooms/copies/rooms_v1/switch", 400],
    ],
    dropProjection: [["/v1/projections/rooms/copies/rooms_v1/drop", 404]],
    parkedEvents: [["/v1/parked-events?projection=rooms", 404]],
    retryParked: [["/v1/projections/rooms/retry?stream=room/hall&schema=rooms_v1", 404]],
    skipEvent: [
      ["/v1/projections/rooms/skip?reason=x", 404],
      ["/v1/projections/rooms/skip", 400],
    ],
    resumeProjection: [["/v1/projections/rooms/resume", 404]],
    query: [
      ["/v1/query", 404, { body: `{"sql":"select 1"}`, headers: { "content-type": contentTypes.json } }],
      ["/v1/query", 400, { body: `{"sql":1}`, headers: { "content-type": contentTypes.json } }],
      ["/v1/query", 400, { body: "select 1", headers: { "content-type": contentTypes.json } }],
    ],
  };
  const cases = Object.entries(samples).flatMap(([id, all]) =>
    all.map(([path, status, how]) => ({ id: id as keyof typeof routes, path, status, how })),
  );

  test.each(cases)("describes what $id really answers: $status", async ({ id, path, status, how }) => {
    const { paths } = await document();
    const route: Route = routes[id];
    const described = paths[route.path]?.[route.method.toLowerCase()]?.responses[String(status)];
    const answer = await ask(path, { method: route.method, ...how });
    expect(answer.status).toBe(status);
    const [[type, content] = []] = Object.entries(described?.content ?? {});
    expect(type?.split(";", 1)[0]).toBe(answer.type.split(";", 1)[0]);
    const schema = z.fromJSONSchema((content?.schema ?? {}) as Parameters<typeof z.fromJSONSchema>[0]);
    const values: readonly unknown[] =
      type === contentTypes.metrics
        ? [answer.body]
        : type === contentTypes.ndjson
          ? answer.body
              .trim()
              .split("\n")
              .map((line) => JSON.parse(line) as unknown)
          : [JSON.parse(answer.body)];
    for (const value of values) schema.parse(value);
    expect(values.length).toBeGreaterThan(0);
    expect(status === 200 ? route.answers[status] : { ...commonAnswers, ...route.answers }[status]).toBeDefined();
  });
});
