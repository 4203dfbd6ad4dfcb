import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ensureServer } from "@aethyr/servers";
import { readLog, readStreamAll } from "../read-all.ts";
import { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import { initImmudb, type InitReport } from "./init.ts";
import { encodeCreateDatabase } from "./messages.ts";
import { ourSettings } from "./database-settings.ts";
import { testServer } from "./testing/test-server.ts";
import { accepted, all, commitOf, freshId, freshRef, newEvents, snapshotOf } from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("a log made ready on a real immudb", () => {
  const { fresh, raw } = testServer();

  const asUser = (options: ImmudbOptions, { username, generated = "" }: InitReport["users"]["append"]): ImmudbOptions => ({
    ...options,
    create: false,
    username,
    password: generated,
  });

  test("it has two databases, a user that may append and one that may read, and is told what was made", async () => {
    const options = fresh();
    const { database } = options;
    expect(await initImmudb(options)).toEqual({
      databases: [
        { name: database, holds: "events", state: "created" },
        { name: `${database}_snapshots`, holds: "snapshots", state: "created" },
      ],
      users: {
        append: { username: `${database}_append`, state: "created", generated: expect.stringMatching(/^[\w-]{32}$/) as unknown },
        read: { username: `${database}_read`, state: "created", generated: expect.stringMatching(/^[\w-]{32}$/) as unknown },
      },
    });
    const again = await initImmudb(options);
    expect(again.databases.map(({ state }) => state)).toEqual(["existed", "existed"]);
    expect(again.users).toEqual({
      append: { username: `${database}_append`, state: "existed" },
      read: { username: `${database}_read`, state: "existed" },
    });
  });

  test("the user that may append can do all of a store's work, and nothing to other databases or users", async () => {
    const options = fresh();
    const { users } = await initImmudb(options);
    const store = await openImmudbEventStore(asUser(options, users.append));
    try {
      const stream = freshRef();
      await accepted(store, { ...commitOf(stream, 0, newEvents(12)), command: { id: freshId(), outcome: 1 } });
      await store.saveSnapshot(snapshotOf(stream, 12));
      expect((await store.statistics()).snapshot_count).toBe(1);
      await expect(initImmudb(asUser(options, users.append))).rejects.toMatchObject({ code: "unavailable" });
      await expect(
        openImmudbEventStore({ ...asUser(options, users.append), database: fresh().database, create: true }),
      ).rejects.toMatchObject({ code: "unavailable" });
    } finally {
      await store.close();
    }
  });

  test("the user that may read can read all that projectors and operators need, and cannot write", async () => {
    const options = fresh();
    const { users } = await initImmudb(options);
    const writer = await openImmudbEventStore(asUser(options, users.append));
    const reader = await openImmudbEventStore({ ...asUser(options, users.read), readOnly: true });
    try {
      const stream = freshRef();
      const command = { id: freshId(), outcome: { done: true } };
      await accepted(writer, { ...commitOf(stream, 0, newEvents(300)), command });
      await writer.saveSnapshot(snapshotOf(stream, 100));
      await writer.saveSnapshot(snapshotOf(stream, 200));
      const head = await writer.head();
      expect(await reader.head()).toBe(head);
      expect(await all(readStreamAll(reader, stream))).toEqual(await all(readStreamAll(writer, stream)));
      expect(await all(readStreamAll(reader, stream, { direction: "backward", limit: 70 }))).toHaveLength(300);
      expect(await reader.readStream(stream, { from: 290 })).toHaveLength(11);
      expect(await all(readLog(reader))).toHaveLength(300);
      expect(await reader.heads([stream, freshRef()])).toEqual([
        { version: 300, ended: false },
        { version: 0, ended: false },
      ]);
      expect(await reader.listStreams()).toEqual([stream]);
      expect(await reader.outcomes([command.id, "unknown"])).toEqual([{ outcome: command.outcome, position: head }, undefined]);
      expect((await reader.loadSnapshot(stream))?.version).toBe(200);
      expect((await reader.loadSnapshot(stream, 150))?.version).toBe(100);
      expect(await reader.statistics()).toMatchObject({ event_count: 300, aggregate_count: 1, snapshot_count: 1 });

      await expect(reader.append([commitOf(stream, 300)])).rejects.toMatchObject({ code: "invalid_request" });
      await expect(reader.saveSnapshot(snapshotOf(stream, 300))).rejects.toMatchObject({ code: "invalid_request" });
      // Nor could it if it tried: a user who may not write is refused where the log is opened for writing.
      await expect(openImmudbEventStore(asUser(options, users.read))).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("permission denied") as unknown,
      });
      expect(await reader.head()).toBe(head);
    } finally {
      await Promise.all([writer.close(), reader.close()]);
    }
  });

  test("given users are created, kept, and given a new password where another is asked for", async () => {
    const options = fresh();
    const append = { username: `writer_${options.database.slice(0, 20)}`, password: "first-Passw0rd" };
    const read = { username: `reader_${options.database.slice(0, 20)}`, password: "other-Passw0rd" };
    const states = async (users: Parameters<typeof initImmudb>[0]["users"]) => {
      const { users: made } = await initImmudb({ ...options, users });
      expect(inspect(made)).not.toMatch(/Passw0rd/);
      return [made.append.state, made.read.state];
    };
    expect(await states({ append, read })).toEqual(["created", "created"]);
    expect(await states({ append, read })).toEqual(["existed", "existed"]);
    const changed = { ...append, password: "second-Passw0rd" };
    expect(await states({ append: changed, read })).toEqual(["password_changed", "existed"]);
    const store = await openImmudbEventStore({ ...options, ...changed, create: false });
    await accepted(store, commitOf(freshRef(), 0));
    await store.close();
    await expect(openImmudbEventStore({ ...options, ...append, create: false })).rejects.toMatchObject({ code: "unavailable" });
  });

  test("a user that exists gets the permission that it lacks", async () => {
    const [one, two] = [fresh(), fresh()];
    const read = { username: `both_${one.database.slice(0, 20)}`, password: "other-Passw0rd" };
    await initImmudb({ ...one, users: { read } });
    const { users } = await initImmudb({ ...two, users: { read } });
    expect(users.read.state).toBe("existed");
    for (const options of [one, two]) {
      const store = await openImmudbEventStore({ ...options, ...read, create: false, readOnly: true });
      expect(await store.head()).toBe(0);
      await store.close();
    }
  });

  test("[D21] where a database of other settings is in the way, nothing is made of it", async () => {
    const options = fresh();
    await raw("defaultdb", (session) =>
      session.command("CreateDatabaseV2", encodeCreateDatabase(options.database, { ...ourSettings, maxKeyLen: 512 })),
    );
    await expect(initImmudb(options)).rejects.toMatchObject({ code: "foreign_store" });
  });

  test("options that make no sense are refused before anything is sent", async () => {
    const wrong: readonly Partial<Parameters<typeof initImmudb>[0]>[] = [
      { database: "defaultdb" },
      { database: "no-dash" },
      { address: "nowhere" },
      { address: "127.0.0.1:70000" },
      { users: { append: { username: "immudb", password: "some-Passw0rd" } } },
      { users: { read: { username: "reader", password: "short" } } },
    ];
    for (const options of wrong) await expect(initImmudb({ ...fresh(), ...options })).rejects.toMatchObject({ code: "invalid_request" });
  });
});
