import { randomUUID } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { createMemoryEventStore, type FencedEventStore } from "@aethyr/event-store";
import type { NatsStatus } from "@aethyr/nats";
import { ensureServer, startNats, startNatsCluster } from "@aethyr/servers";
import type { Board } from "../board.ts";
import { silentLog } from "../options.ts";
import { startPlacement, type Placement } from "../placement.ts";
import { connectNatsBoard } from "./nats-board.ts";
import type { NatsBoardOptions } from "./options.ts";

const nats = await ensureServer("nats");
const partitions = { count: 8, mapEpoch: 1 } as const;

type Host = {
  readonly name: string;
  readonly board: Board;
  readonly placement: Placement;
  readonly statuses: NatsStatus[];
  losses: number;
};

const until = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, { timeout: 60_000, interval: 20 });

type JoinOptions = Partial<NatsBoardOptions> & Pick<NatsBoardOptions, "servers">;

/** Hosts of a fresh world, which all leave at the end of the block. */
function hostsOf(store: FencedEventStore): AsyncDisposable & { readonly join: (name: string, options: JoinOptions) => Promise<Host> } {
  const world = `w${randomUUID().slice(0, 23)}`;
  const open: Host[] = [];
  return {
    join: async (name, options) => {
      const statuses: NatsStatus[] = [];
      const board = await connectNatsBoard({ world, onStatus: (status) => void statuses.push(status), ...options });
      const host = { name, board, statuses, losses: 0 };
      const placement = await startPlacement({
        board,
        fences: store.fences,
        partitions,
        self: { host: name, version: "1" },
        log: silentLog,
        options: { closeMs: 5_000 },
        serve: async () => ({
          drain: async () => undefined,
          abandon: async () => {
            host.losses += 1;
          },
        }),
      });
      const whole = Object.assign(host, { placement });
      open.push(whole);
      return whole;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        open.map(async ({ placement, board }) => {
          await placement.close();
          await board.close();
        }),
      );
    },
  };
}

// Each has servers of its own, and waits for leases to pass most of the time.
describe.skipIf(nats === undefined).concurrent("hosts on a real server", { timeout: 240_000 }, () => {
  const owners = ({ placement }: Host): readonly (string | undefined)[] =>
    placement.view().partitions.map(({ owner, state }) => (state === "active" ? owner : undefined));
  const wished = ({ placement }: Host): readonly (string | undefined)[] => placement.view().partitions.map(({ desired }) => desired);
  /** All hosts see every partition active at its desired owner. */
  const inOrder = (...hosts: readonly Host[]): Promise<void> =>
    until(() => {
      for (const host of hosts) {
        expect(owners(host)).toEqual(wished(host));
        expect(new Set(owners(host))).toEqual(new Set(hosts.map(({ name }) => name)));
      }
    });
  const epochs = ({ placement }: Host): readonly number[] => placement.view().partitions.map(({ epoch }) => epoch);

  test("[P3] [P6] take their shares, hand over when one joins, goes or dies, and shut out the dead", async () => {
    await using server = await startNats();
    const store = createMemoryEventStore();
    await using hosts = hostsOf(store);
    const a = await hosts.join("a", { servers: server.url });
    await until(() => expect(owners(a)).toEqual(Array.from({ length: 8 }, () => "a")));
    const b = await hosts.join("host-b", { servers: server.url });
    const c = await hosts.join("c", { servers: server.url });
    await inOrder(a, b, c);
    expect(a.losses + b.losses + c.losses).toBe(0);

    // As a process that is killed: nothing is said any more, its leases stay.
    const lost = owners(a).flatMap((owner, partition) => (owner === "c" ? [partition] : []));
    const before = epochs(a);
    await c.board.close();
    await inOrder(a, b);
    const after = epochs(a);
    for (const [partition, epoch] of after.entries()) expect(epoch > (before[partition] ?? 0)).toBe(lost.includes(partition));
    const fence = { partition: `1/${lost[0]}`, epoch: before[lost[0] ?? 0] ?? 0, token: 1 };
    expect((await store.fences.read(fence.partition)).epoch).toBeGreaterThan(fence.epoch);

    await a.placement.move(0, "host-b");
    await a.placement.move(1, "a");
    await until(() => expect(owners(a).slice(0, 2)).toEqual(["host-b", "a"]));
    await b.placement.drain();
    await until(() => expect(new Set(owners(a))).toEqual(new Set(["a"])));
    expect(a.losses + b.losses).toBe(0);
    await a.placement.close();
    expect((await a.board.leases.read("1/0"))?.host).toBeUndefined();
  });

  test("[P5] keep all leases while the server is restarted", async () => {
    await using server = await startNats();
    const store = createMemoryEventStore();
    await using hosts = hostsOf(store);
    const a = await hosts.join("a", { servers: server.url });
    const b = await hosts.join("host-b", { servers: server.url });
    await inOrder(a, b);
    const before = [owners(a), epochs(a)];
    await server.kill("SIGKILL");
    await until(() => expect([a, b].every(({ statuses }) => statuses.some(({ type }) => type === "disconnect"))).toBe(true));
    await server.restart();
    // New leases of both were written since: whoever lost his would have noticed.
    const revisions = async (): Promise<number[]> =>
      Promise.all(before[0]?.map(async (_, partition) => (await a.board.leases.read(`1/${partition}`))?.revision ?? 0) ?? []);
    let first: readonly number[] = [];
    await until(async () => {
      first = await revisions();
      expect(first.every((revision) => revision > 0)).toBe(true);
    });
    await until(async () => {
      const now = await revisions();
      expect(now.every((revision, partition) => revision > (first[partition] ?? 0))).toBe(true);
    });
    expect([owners(a), epochs(a)]).toEqual(before);
    expect(owners(b)).toEqual(before[0]);
    expect(a.losses + b.losses).toBe(0);
    await a.placement.move(0, owners(a)[0] === "a" ? "host-b" : "a");
    await until(() => expect(owners(b)[0]).not.toBe(before[0]?.[0]));
  });

  test("[P5] keep all leases while the server stands still for some seconds, and lose them all when it does for longer than they live", async () => {
    await using server = await startNats();
    const store = createMemoryEventStore();
    await using hosts = hostsOf(store);
    const a = await hosts.join("a", { servers: server.url, ttlMs: 9_000 });
    const b = await hosts.join("host-b", { servers: server.url });
    expect(b.board.ttlMs).toBe(9_000);
    await inOrder(a, b);
    const before = epochs(a);
    await server.kill("SIGSTOP");
    // Until some writes of leases have failed: 2 s and more.
    await until(() => expect(Math.min(...[a, b].map(({ placement }) => placement.view().counts.renewalFailures))).toBeGreaterThan(0));
    await server.kill("SIGCONT");
    await until(async () => {
      await a.board.pin("1/99", "a");
    });
    expect(epochs(a)).toEqual(before);
    expect(a.losses + b.losses).toBe(0);

    await server.kill("SIGSTOP");
    await until(() => expect(a.losses + b.losses).toBe(8));
    expect([a, b].map(({ placement }) => placement.view().counts.lost).reduce((sum, lost) => sum + lost)).toBe(8);
    await server.kill("SIGCONT");
    // What is seen at first may be of before the server stood still.
    await until(() => {
      for (const [partition, epoch] of epochs(a).entries()) expect(epoch).toBeGreaterThan(before[partition] ?? 0);
    });
    await inOrder(a, b);
  });

  test("[P5] keep all leases while a cluster of three servers finds new leaders for them", async () => {
    await using cluster = await startNatsCluster();
    const store = createMemoryEventStore();
    await using hosts = hostsOf(store);
    const a = await hosts.join("a", { servers: cluster.urls, replicas: 3 });
    const b = await hosts.join("host-b", { servers: cluster.urls });
    await inOrder(a, b);
    const before = [owners(a), epochs(a)];
    for (const server of cluster.servers) {
      // Each of them in turn, so that the leaders are among them.
      await server.kill("SIGKILL");
      const from = await Promise.all(partitionNames.map(async (name) => (await readSoon(a, name))?.revision ?? 0));
      await until(async () => {
        const now = await Promise.all(partitionNames.map(async (name) => (await readSoon(a, name))?.revision ?? 0));
        expect(now.every((revision, partition) => revision > (from[partition] ?? 0))).toBe(true);
      });
      await server.restart();
      await until(() => a.board.pin("1/99", "a"));
    }
    expect([owners(a), epochs(a)]).toEqual(before);
    expect(a.losses + b.losses).toBe(0);
  });
});

const partitionNames = Array.from({ length: partitions.count }, (_, partition) => `1/${partition}`);

async function readSoon({ board }: Host, name: string): ReturnType<Board["leases"]["read"]> {
  let lease: Awaited<ReturnType<Board["leases"]["read"]>>;
  await until(async () => {
    lease = await board.leases.read(name);
  });
  return lease;
}
