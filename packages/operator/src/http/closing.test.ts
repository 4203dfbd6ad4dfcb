import { once } from "node:events";
import { createConnection } from "node:net";
import { describe, expect, test } from "vitest";
import { createRoom } from "../testing/small-world.ts";
import { askApi, serveSmallWorld, token } from "../testing/served-world.ts";
import { checkApiAddress } from "./api-address.ts";

const never = 3_600_000;

describe("closing the API", () => {
  test("ends tails that follow, and waits for no connection on which nothing is under way", async () => {
    await using served = await serveSmallWorld({ closeWithinMs: never });
    const { api, world } = served;
    await world.operations.sendCommands([createRoom("hall")]);
    const unused = createConnection(api.port, "127.0.0.1");
    await once(unused, "connect");
    const response = await fetch(`${api.url}/v1/events?after=0&follow=true`, { headers: { authorization: `Bearer ${token}` } });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await api.close();
    let end = await reader?.read();
    while (end?.done === false) end = await reader?.read();
    expect(end?.done).toBe(true);
    unused.destroy();
  });

  test("lets an answer that is under way be given", async () => {
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await using served = await serveSmallWorld({
      closeWithinMs: never,
      async ready() {
        asked.resolve();
        await held.promise;
      },
    });
    const { api } = served;
    const answer = askApi(api.port, "/readyz");
    await asked.promise;
    const closed = api.close();
    held.resolve();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(askApi(api.port, "/healthz")).rejects.toThrow();
  });

  test("cuts off what does not end in time", async () => {
    const asked = Promise.withResolvers<void>();
    await using served = await serveSmallWorld({
      closeWithinMs: 1,
      ready() {
        asked.resolve();
        return Promise.withResolvers<never>().promise;
      },
    });
    const cut = expect(askApi(served.api.port, "/readyz")).rejects.toMatchObject({ code: "ECONNRESET" });
    await asked.promise;
    await served.api.close();
    await cut;
  });
});

test("a port that is taken is refused with what to do, and can be asked after beforehand", async () => {
  const host = "127.0.0.1";
  await using served = await serveSmallWorld();
  const { port } = served.api;
  const taken = {
    code: "api_address",
    message: expect.stringMatching(/another program listens there.*--api-port or AETHYR_API_PORT/) as string,
  };
  await expect(serveSmallWorld({ port })).rejects.toMatchObject(taken);
  await expect(checkApiAddress({ host, port })).rejects.toMatchObject(taken);
  await served.api.close();
  await checkApiAddress({ host, port });
  await using again = await serveSmallWorld({ port });
  expect(again.api.port).toBe(port);
  await checkApiAddress({ host, port: 0 });
});
