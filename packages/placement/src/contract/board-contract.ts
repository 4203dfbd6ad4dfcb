import { describe, expect, test } from "vitest";
import type { Board, Change, Claim, Member } from "../board.ts";

/** One board, empty and apart from all others. */
export type BoardUnderTest = {
  connect(): Promise<Board>;
  /** Waits for a condition, and lets time go on meanwhile. */
  until(condition: () => void | Promise<void>): Promise<void>;
  /** Ends all connections, too. */
  close(): Promise<void>;
};

export type BoardContract = {
  /** Of the adapter, for the titles. */
  readonly name: string;
  open(): Promise<BoardUnderTest>;
};

const partition = "1/7";
const claim = (host: string, state: Claim["state"] = "active", epoch = 1): Claim => ({ host, incarnation: `${host}-1`, state, epoch });
const member = (host: string, weight = 1): Member => ({
  host,
  incarnation: `${host}-1`,
  version: "1.2.3",
  weight,
  draining: false,
  map: "1/32",
});
const taken = { code: "lease_taken" };

/** What every board must do, as a vitest suite. */
export function boardContract({ name, open }: BoardContract): void {
  const onBoard = (title: string, body: (board: BoardUnderTest) => Promise<void>): void => {
    test(title, async () => {
      const board = await open();
      try {
        await body(board);
      } finally {
        await board.close();
      }
    });
  };
  const watched = async (board: Board): Promise<{ changes: Change[]; close(): Promise<void> }> => {
    const changes: Change[] = [];
    const { close } = await board.watch((change) => void changes.push(change));
    return { changes, close };
  };

  describe(`the board contract: ${name}`, () => {
    onBoard("[P1] a free lease goes to one of many who claim it at once", async ({ connect }) => {
      const boards = await Promise.all(Array.from({ length: 4 }, () => connect()));
      const claims = boards.flatMap(({ leases }, index) => Array.from({ length: 5 }, () => leases.claim(partition, claim(`h${index}`), 0)));
      const results = await Promise.allSettled(claims);
      const won = results.filter(({ status }) => status === "fulfilled");
      expect(won).toHaveLength(1);
      for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject(taken);
      const lease = await boards[0]?.leases.read(partition);
      expect(lease).toMatchObject({ partition, state: "active", epoch: 1 });
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      expect(lease?.host).toBe(`h${Math.floor(winner / 5)}`);
    });

    onBoard("[P1] only who knows the newest revision writes a lease, and its revisions grow", async ({ connect }) => {
      const [a, b] = [await connect(), await connect()];
      const first = await a.leases.claim(partition, claim("a", "acquiring", 0), 0);
      expect(first).toBeGreaterThan(0);
      await expect(b.leases.claim(partition, claim("b"), 0)).rejects.toMatchObject(taken);
      const second = await a.leases.claim(partition, claim("a", "active", 4), first);
      expect(second).toBeGreaterThan(first);
      await expect(b.leases.claim(partition, claim("b"), first)).rejects.toMatchObject(taken);
      expect(await b.leases.read(partition)).toStrictEqual({ ...claim("a", "active", 4), partition, revision: second });
      const stolen = await b.leases.claim(partition, claim("b"), second);
      await expect(a.leases.claim(partition, claim("a"), second)).rejects.toMatchObject(taken);
      await expect(a.leases.release(partition, second)).rejects.toMatchObject(taken);
      expect(await a.leases.read(partition)).toMatchObject({ host: "b", revision: stolen });
    });

    onBoard("[P1] a lease that was given back is free, for a later revision", async ({ connect }) => {
      const board = await connect();
      expect(await board.leases.read(partition)).toBeUndefined();
      await board.leases.release(partition, 0);
      const first = await board.leases.claim(partition, claim("a"), 0);
      await board.leases.release(partition, first);
      expect(await board.leases.read(partition)).toBeUndefined();
      await expect(board.leases.claim(partition, claim("a"), first)).rejects.toMatchObject(taken);
      expect(await board.leases.claim(partition, claim("b"), 0)).toBeGreaterThan(first);
    });

    onBoard("[P2] a lease that nobody writes again runs out, one that is written stays", async ({ connect, until }) => {
      const [holder, other] = [await connect(), await connect()];
      const { changes } = await watched(other);
      const left = await holder.leases.claim("1/1", claim("a"), 0);
      let kept = await holder.leases.claim("1/2", claim("a"), 0);
      await until(async () => {
        kept = await holder.leases.claim("1/2", claim("a"), kept);
        expect(changes).toContainEqual(expect.objectContaining({ kind: "lease", partition: "1/1", lease: undefined }));
      });
      expect(await other.leases.read("1/1")).toBeUndefined();
      expect(await other.leases.read("1/2")).toMatchObject({ host: "a", revision: kept });
      await expect(holder.leases.claim("1/1", claim("a"), left)).rejects.toMatchObject(taken);
      expect(await other.leases.claim("1/1", claim("b"), 0)).toBeGreaterThan(left);
      const gone = changes.filter((change) => change.kind === "lease" && change.lease === undefined);
      expect(gone).toHaveLength(1);
      expect(gone[0]).toMatchObject({ revision: expect.toSatisfy((revision: number) => revision >= left) });
    });

    onBoard("[P2] an announcement runs out as well, a wish does not", async ({ connect, until }) => {
      const board = await connect();
      const { changes } = await watched(board);
      await board.pin(partition, "a");
      await board.members.announce(member("a"));
      await until(() => expect(changes).toContainEqual({ kind: "member", host: "a", member: undefined }));
      expect(changes.filter(({ kind }) => kind === "pin")).toStrictEqual([{ kind: "pin", partition, host: "a" }]);
      const late = await watched(await connect());
      expect(late.changes).toStrictEqual([{ kind: "pin", partition, host: "a" }]);
    });

    onBoard("[P2] who watches is told what there is, then what changes", async ({ connect, until }) => {
      const [a, b] = [await connect(), await connect()];
      await a.members.announce(member("a"));
      await a.members.announce(member("a", 0.5));
      await a.members.announce(member("gone"));
      await a.members.withdraw("gone", "gone-1");
      const first = await a.leases.claim(partition, claim("a"), 0);
      await a.pin(partition, "b");
      const { changes } = await watched(b);
      const lease = { kind: "lease", partition, revision: first, lease: { ...claim("a"), partition, revision: first } };
      expect(changes).toHaveLength(3);
      expect(changes).toEqual(
        expect.arrayContaining([{ kind: "member", host: "a", member: member("a", 0.5) }, lease, { kind: "pin", partition, host: "b" }]),
      );
      changes.length = 0;
      const second = await a.leases.claim(partition, claim("a", "draining", 1), first);
      // One after the other: of two changes at once a board may tell the newer one only.
      await until(() => expect(changes.at(-1)).toMatchObject({ kind: "lease", revision: second, lease: { state: "draining" } }));
      await a.leases.release(partition, second);
      await until(() => expect(changes.at(-1)).toMatchObject({ kind: "lease", partition, lease: undefined }));
      await a.pin(partition, undefined);
      await a.members.withdraw("a", "a-1");
      await until(() => {
        expect(changes).toContainEqual({ kind: "pin", partition, host: undefined });
        expect(changes).toContainEqual({ kind: "member", host: "a", member: undefined });
      });
    });

    onBoard(
      "[P13] of two under one name one is announced; over that of the dead its successor writes, nobody else",
      async ({ connect }) => {
        const [a, b] = [await connect(), await connect()];
        const run = (incarnation: string): Member => ({ ...member("a"), incarnation });
        const results = await Promise.allSettled([a.members.announce(run("one")), b.members.announce(run("two"))]);
        const nameTaken = { code: "host_name_taken", details: { host: "a" } };
        expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject(nameTaken);
        const first = results[0].status === "fulfilled" ? "one" : "two";
        await a.members.announce(run(first));
        await expect(b.members.announce(run("three"), "not this one")).rejects.toMatchObject(nameTaken);
        await b.members.announce(run("three"), first);
        await expect(a.members.announce(run(first))).rejects.toMatchObject(nameTaken);
        expect((await watched(b)).changes).toEqual([{ kind: "member", host: "a", member: run("three") }]);
      },
    );

    onBoard("[P13] who leaves takes its own announcement away, and not that of another run of its name", async ({ connect }) => {
      const board = await connect();
      await board.members.announce(member("a"));
      await board.members.withdraw("a", "a-0");
      await board.members.withdraw("nobody", "nobody-1");
      expect((await watched(board)).changes).toEqual([{ kind: "member", host: "a", member: member("a") }]);
      await board.members.withdraw("a", "a-1");
      expect((await watched(board)).changes).toEqual([]);
      await board.members.announce(member("a"));
      expect((await watched(board)).changes).toHaveLength(1);
    });

    onBoard("[P2] a sign of life reaches all who watch, its sender among them", async ({ connect, until }) => {
      const [a, b] = [await connect(), await connect()];
      const [first, second] = [await watched(a), await watched(b)];
      const beat = { kind: "beat", host: "a", incarnation: "a-1" };
      await until(() => {
        a.members.beat("a", "a-1");
        expect(first.changes).toContainEqual(beat);
        expect(second.changes).toContainEqual(beat);
      });
    });

    onBoard("[P2] a watch that was closed is told nothing more, others are", async ({ connect, until }) => {
      const board = await connect();
      const [closed, kept] = [await watched(board), await watched(board)];
      await closed.close();
      await board.leases.claim(partition, claim("a"), 0);
      board.members.beat("a", "a-1");
      await until(() => expect(kept.changes.map(({ kind }) => kind).sort()).toEqual(["beat", "lease"]));
      expect(closed.changes).toEqual([]);
    });

    onBoard("[P2] a board that was closed says so, and others go on", async ({ connect, until }) => {
      const [a, b] = [await connect(), await connect()];
      const [watchedA, watchedB] = [await watched(a), await watched(b)];
      await a.close();
      await a.close();
      a.members.beat("a", "a-1");
      const closed = { code: "closed" };
      await expect(a.members.announce(member("a"))).rejects.toMatchObject(closed);
      await expect(a.leases.claim(partition, claim("a"), 0)).rejects.toMatchObject(closed);
      await expect(a.leases.read(partition)).rejects.toMatchObject(closed);
      await expect(a.pin(partition, "a")).rejects.toMatchObject(closed);
      await expect(a.watch(() => undefined)).rejects.toMatchObject(closed);
      await b.pin(partition, "b");
      await until(() => expect(watchedB.changes).toHaveLength(1));
      expect(watchedA.changes).toEqual([]);
    });
  });
}
