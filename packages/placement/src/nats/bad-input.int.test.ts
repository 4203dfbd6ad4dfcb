import { randomUUID } from "node:crypto";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";
import { describe, expect, test, vi } from "vitest";
import type { NatsStatus } from "@aethyr/nats";
import { ensureServer, startNats } from "@aethyr/servers";
import type { Change } from "../board.ts";
import { connectNatsBoard } from "./nats-board.ts";

const nats = await ensureServer("nats");
const until = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, { timeout: 30_000, interval: 20 });
const claim = { host: "a", incarnation: "1", state: "active", epoch: 1 } as const;

describe.skipIf(nats === undefined)("a board on a real server", () => {
  test("[P2] [G11] what others wrote into its buckets is reported and hinders nobody: the lease can be taken", async () => {
    await using server = await startNats({ config: 'authorization { user: "host", password: "secret" }' });
    const world = `w${randomUUID().slice(0, 23)}`;
    const access = { servers: server.url, world, username: "host", password: "secret" };
    const wrong = { ...access, password: "wrong" };
    await expect(connectNatsBoard(wrong)).rejects.toMatchObject({ code: "unavailable" });
    await expect(connectNatsBoard({ ...access, world: "No World" })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(connectNatsBoard({ ...access, createBuckets: false })).rejects.toMatchObject({ code: "unavailable" });
    const statuses: NatsStatus[] = [];
    const board = await connectNatsBoard({
      ...access,
      replicas: 1,
      inboxPrefix: "_INBOX_host",
      onStatus: (status) => void statuses.push(status),
    });
    const bound = await connectNatsBoard({ ...access, createBuckets: false });
    const plain = await connect({ servers: server.url, user: "host", pass: "secret" });
    const changes: Change[] = [];
    try {
      await board.watch((change) => void changes.push(change));
      const kvm = new Kvm(plain);
      const [members, leases, pins] = await Promise.all(["members", "leases", "pins"].map((name) => kvm.open(`${name}_${world}`)));
      await leases?.put("1/0", new Uint8Array([0xff, 0xfe]));
      await leases?.put("1/1", JSON.stringify({ ...claim, epoch: -1 }));
      await members?.put("a", "{}");
      await members?.put("b", JSON.stringify({ host: "a" }));
      await pins?.put("1/0", "not a host");
      plain.publish(`beat.${world}.no%host`);
      await until(() => expect(changes).toHaveLength(5));
      expect(changes.filter((change) => change.kind === "lease").map(({ lease }) => lease?.host)).toEqual(["unreadable", "unreadable"]);
      expect(changes.filter((change) => change.kind === "member").map(({ member }) => member)).toEqual([undefined, undefined]);
      expect(changes.filter((change) => change.kind === "pin")).toMatchObject([{ host: undefined }]);
      expect(statuses.filter(({ type }) => type === "unreadable").length).toBeGreaterThanOrEqual(4);
      const lease = await bound.leases.read("1/0");
      expect(await bound.leases.claim("1/0", claim, lease?.revision ?? 0)).toBeGreaterThan(lease?.revision ?? 0);
      expect(await board.leases.read("1/0")).toMatchObject(claim);
    } finally {
      await Promise.all([board.close(), bound.close(), plain.close()]);
    }
  });

  test("[P2] a watch goes on after the buckets were put back to an older state, or made anew", async () => {
    await using server = await startNats();
    const world = `w${randomUUID().slice(0, 23)}`;
    const board = await connectNatsBoard({ servers: server.url, world, resyncMs: 200 });
    const other = await connectNatsBoard({ servers: server.url, world });
    const plain = await connect({ servers: server.url });
    const seen = new Map<string, number | undefined>();
    try {
      let revision = 0;
      for (let index = 0; index < 5; index += 1) revision = await other.leases.claim("1/0", claim, revision);
      await other.leases.claim("1/1", claim, 0);
      await board.watch((change) => {
        if (change.kind === "lease") seen.set(change.partition, change.lease?.revision);
      });
      expect(seen).toEqual(
        new Map([
          ["1/0", 5],
          ["1/1", 6],
        ]),
      );
      const kv = await new Kvm(plain).open(`leases_${world}`);
      await kv.destroy();
      const again = await connectNatsBoard({ servers: server.url, world });
      await again.leases.claim("1/0", claim, 0);
      await until(() =>
        expect(seen).toEqual(
          new Map([
            ["1/0", 1],
            ["1/1", undefined],
          ]),
        ),
      );
      await again.close();
    } finally {
      await Promise.all([board.close(), other.close(), plain.close()]);
    }
  });
  test("[P2] what was in buckets that are no more is gone, and what is in those that are made in their place is told", async () => {
    await using server = await startNats();
    const world = `w${randomUUID().slice(0, 23)}`;
    const board = await connectNatsBoard({ servers: server.url, world, resyncMs: 200, goneAfterMs: 100 });
    const plain = await connect({ servers: server.url });
    const seen = new Map<string, unknown>();
    try {
      const revision = await board.leases.claim("1/0", claim, 0);
      await board.pin("1/0", "a");
      await board.watch((change) => {
        if (change.kind === "lease") seen.set("lease", change.lease?.revision);
        if (change.kind === "pin") seen.set("pin", change.host);
      });
      expect(Object.fromEntries(seen)).toEqual({ lease: revision, pin: "a" });
      for (const name of ["leases", "pins"]) await (await new Kvm(plain).open(`${name}_${world}`)).destroy();
      await until(() => expect(Object.fromEntries(seen)).toEqual({ lease: undefined, pin: undefined }));
      const again = await connectNatsBoard({ servers: server.url, world });
      // Under the revision that the one before had.
      expect(await again.leases.claim("1/0", claim, 0)).toBe(revision);
      await until(() => expect(seen.get("lease")).toBe(revision));
      await again.close();
    } finally {
      await Promise.all([board.close(), plain.close()]);
    }
  });
});
