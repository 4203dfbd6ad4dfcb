import { expect, test } from "vitest";
import { createRoom } from "../testing/small-world.ts";
import { serveSmallWorld, token } from "../testing/served-world.ts";

test("[G12] so many event streams are served at once and no more, until one is closed", async () => {
  await using served = await serveSmallWorld({});
  await served.world.operations.sendCommands([createRoom("hall")]);
  const follow = async (stop: AbortSignal) =>
    fetch(`${served.api.url}/v1/events?after=0&follow=true`, { headers: { authorization: `Bearer ${token}` }, signal: stop });
  const stops = Array.from({ length: 64 }, () => new AbortController());
  const streams = await Promise.all(stops.map(({ signal }) => follow(signal)));
  expect(streams.every(({ status }) => status === 200)).toBe(true);
  const one = new AbortController();
  const refused = await follow(one.signal);
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, "busy"]);
  stops[0]?.abort();
  await expect
    .poll(async () => {
      const again = await follow(one.signal);
      return again.status;
    })
    .toBe(200);
  for (const stop of [...stops, one]) stop.abort();
});
