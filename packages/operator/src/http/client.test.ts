import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { collected } from "../testing/collected.ts";
import { createRoom, startSmallWorld } from "../testing/small-world.ts";
import { connectOperations } from "./client.ts";
import { eventLines } from "./event-lines.ts";

const newRecorded = {
  id: "c1/0",
  type: "RoomCreated",
  schema: 1,
  machine: 1,
  time: "2026-01-01T00:00:00.000Z",
  meta: { command: "c1", actor: null, correlation: "c1", causation: null },
  stream: ref("room", "hall"),
  version: 1,
  position: 7,
  data: { name: "Hall" },
};

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Operations of whatever answers like this. */
async function connectTo(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return connectOperations({ url, token: "t" });
}

const answering = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) =>
  connectTo((_, response) => void response.writeHead(status, headers).end(body));

describe("whatever answers at the address", () => {
  test.each([
    [200, "<html>hello</html>"],
    [200, `{"rooms":1}`],
    [404, "no such page"],
    [500, `{"error":"oops"}`],
  ])("%i %s is not taken for a world", async (status, body) => {
    await expect((await answering(status, body)).worldStats()).rejects.toMatchObject({ code: "foreign_answer" });
  });

  test("[A18] an event that is provisional, and so has no position yet, is an answer", async () => {
    const event = { ...newRecorded, position: 0 };
    const operations = await answering(200, JSON.stringify([event]));
    expect(await operations.history(ref("room", "hall"))).toEqual([event]);
  });

  test("a redirect is not followed", async () => {
    const asked: (string | undefined)[] = [];
    const operations = await connectTo((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    await expect(operations.worldStats()).rejects.toMatchObject({ code: "api_unreachable" });
    expect(asked).toEqual(["/v1/world/stats"]);
  });

  test("fewer replies than commands are no answer", async () => {
    await expect((await answering(200, "[]")).sendCommands([createRoom("hall")])).rejects.toMatchObject({ code: "foreign_answer" });
  });

  test("an error keeps the code, status and details that the world gave it", async () => {
    const operations = await answering(503, JSON.stringify({ code: "unavailable", message: "the disk is gone", details: { disk: 1 } }));
    await expect(operations.showAggregate(ref("room", "hall"))).rejects.toMatchObject({
      code: "unavailable",
      status: 503,
      message: "the disk is gone",
      details: { disk: 1 },
    });
  });

  test("a connection that breaks in the middle is an error, in an answer and in a tail", async () => {
    const breaking = () =>
      connectTo((_, response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write("{", () => response.destroy());
      });
    await expect((await breaking()).worldStats()).rejects.toMatchObject({ code: "api_unreachable" });
    await expect(collected((await breaking()).tailEvents({ after: 0 }))).rejects.toMatchObject({ code: "api_unreachable" });
  });

  test("a tail with a line that is no event is an error; a last line without an end is read", async () => {
    await expect(collected((await answering(200, "\n\n{}\n")).tailEvents({ after: 0 }))).rejects.toMatchObject({ code: "foreign_answer" });
    await expect(collected((await answering(200, "7")).tailEvents({ after: 0 }))).rejects.toMatchObject({ code: "foreign_answer" });
  });

  test("nobody at the address is told as such", async () => {
    await expect(connectOperations({ url: "http://127.0.0.1:1", token: "t" }).metrics()).rejects.toMatchObject({ code: "api_unreachable" });
  });

  test("commands are sent in bodies of bounded size", async () => {
    const sizes: number[] = [];
    const operations = await connectTo((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const body = bytes.toString();
        sizes.push(bytes.length);
        response.end(
          JSON.stringify(
            body
              .split("\n")
              .map((line) => ({ v: 1, command: (JSON.parse(line) as { id: string }).id, code: "accepted", changed: [], position: 0 })),
          ),
        );
      });
    });
    const commands = Array.from({ length: 100 }, (_, index) => ({ ...createRoom(`r${index}`), data: { name: "x".repeat(60_000) } }));
    expect((await operations.sendCommands(commands)).map(({ command }) => command)).toEqual(commands.map(({ id }) => id));
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024);
    // Bytes, of which a character may be three.
    sizes.length = 0;
    const wide = commands.map((command) => ({ ...command, data: { name: "縦".repeat(20_500) } }));
    expect(await operations.sendCommands(wide)).toHaveLength(wide.length);
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024);
  });
});

test("a quiet tail says now and then that it is still there", async () => {
  await using world = await startSmallWorld();
  const stop = new AbortController();
  const lines = eventLines(world.operations.tailEvents({ after: 0, follow: true, signal: stop.signal }), stop.signal, 1);
  expect([(await lines.next()).value, (await lines.next()).value]).toEqual(["\n", "\n"]);
  await world.operations.sendCommands([createRoom("hall")]);
  let line = await lines.next();
  while (line.value === "\n") line = await lines.next();
  expect(JSON.parse(line.value ?? "")).toMatchObject({ type: "RoomCreated" });
  stop.abort();
  while ((await lines.next()).done !== true);
});
