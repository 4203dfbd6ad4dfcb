import { connectNatsBus, type NatsBus } from "@aethyr/bus/nats";
import { natsServerConfig, roles, type Role } from "@aethyr/nats-config";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const binary = await ensureServer("nats");
const world = "noded";
const passwords = Object.fromEntries(roles.map((role) => [role, `password of ${role}`])) as Readonly<Record<Role, string>>;

describe.skipIf(binary === undefined)("a game node with our own client, under the permissions of its role", () => {
  let server: RunningServer;
  let [host, relay, node] = [] as unknown as readonly [NatsBus, NatsBus, NatsBus];

  const as = (role: Role, createStreams: boolean | "feed" = false): Promise<NatsBus> =>
    connectNatsBus({
      servers: server.url,
      world,
      username: role,
      password: passwords[role],
      inboxPrefix: `_INBOX_${role}`,
      createStreams,
      ...(role === "host" ? { partitions: 4 } : {}),
    });

  beforeAll(async () => {
    server = await startNats({ config: natsServerConfig({ world, passwords, partitions: 4 }) });
    host = await as("host", true);
    relay = await as("relay", "feed");
    node = await as("node");
  });
  afterAll(async () => {
    await Promise.all([node, relay, host].map((bus) => bus?.close()));
    await server?.stop();
  });

  const event = (number: number) => ({
    position: number * 10,
    previous: (number - 1) * 10,
    stream: { type: "room", id: `r-${number % 7}` },
    version: number,
    type: "RoomCreated",
    bytes: Buffer.from(JSON.stringify({ number })),
  });
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => event(from + index));

  test("[G7] follows the feed from any position that it holds, in order, none missing, and then live", { timeout: 60_000 }, async () => {
    await relay.publish(range(1, 1_000));
    const [whole, rest, live] = [[], [], []] as [number[], number[], number[]];
    const into = (seen: number[]) => (events: readonly { readonly position: number }[]) =>
      void seen.push(...events.map((one) => one.position));
    const following = [
      await node.follow(into(whole), { after: 0 }),
      await node.follow(into(rest), { after: 7_500 }),
      await node.follow(into(live)),
    ];
    const positions = (from: number, to: number) => range(from, to).map(({ position }) => position);
    await vi.waitFor(() => expect([whole.length, rest.length]).toEqual([1_000, 250]), { timeout: 20_000 });
    for (let number = 1_001; number <= 1_050; number += 1) await relay.publish([event(number)]);
    await vi.waitFor(() => expect([whole, rest, live].map((seen) => seen.at(-1))).toEqual([10_500, 10_500, 10_500]), { timeout: 20_000 });
    expect(live).toEqual(positions(1_001, 1_050));
    expect(whole).toEqual(positions(1, 1_050));
    expect(rest).toEqual(positions(751, 1_050));
    await Promise.all(following.map((one) => one.close()));
    // What it followed with is gone.
    await relay.publish(range(1_051, 1_060));
    expect(await node.newest()).toBe(10_600);
    expect(whole).toHaveLength(1_050);
  });

  test("[G7] is told where the feed does not hold what it asks for", async () => {
    const late = await as("node");
    await expect(late.follow(() => undefined, { after: -10 })).rejects.toMatchObject({ code: "feed_behind" });
    await late.close();
  });
});
