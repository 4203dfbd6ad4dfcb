import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { ensureServer } from "@aethyr/servers";
import type { EventStore } from "../event-store.ts";
import { ourSettings } from "./database-settings.ts";
import { initImmudb } from "./init.ts";
import { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import { encodeEvent } from "../encoding.ts";
import { eventKey, genesisKey } from "./keys.ts";
import { encodeCreateDatabase, encodeSet, type DatabaseSettings } from "./messages.ts";
import type { Session } from "./session.ts";
import { encodeMessage } from "./wire.ts";
import { testServer } from "./testing/test-server.ts";
import { accepted, commitOf, freshRef, newEvent, write } from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("databases of a real immudb", () => {
  const { fresh, using, raw } = testServer();

  describe("opening", () => {
    test("a database without our first record is foreign, and is left alone", async () => {
      const options = fresh();
      await raw("defaultdb", (session) => session.command("CreateDatabaseV2", encodeCreateDatabase(options.database, ourSettings)));
      await expect(openImmudbEventStore({ ...options, create: false })).rejects.toMatchObject({ code: "foreign_store" });
      await raw(options.database, (session) => session.set(encodeSet([{ key: Buffer.from("x"), value: Buffer.from("y") }], [])));
      await expect(openImmudbEventStore(options)).rejects.toMatchObject({ code: "foreign_store" });
      expect(await raw(options.database, (session) => session.newestTx())).toBe(1);
    });

    test("a log of another format, or snapshots in place of events, is foreign", async () => {
      const options = fresh();
      await initImmudb(options);
      await expect(openImmudbEventStore({ ...options, create: false, database: `${options.database}_snapshots` })).rejects.toMatchObject({
        code: "foreign_store",
      });
      await raw(options.database, (session) => session.set(encodeSet([{ key: genesisKey, value: Buffer.from("{}") }], [])));
      await expect(openImmudbEventStore({ ...options, create: false })).rejects.toMatchObject({
        code: "foreign_store",
        message: expect.stringContaining("not where it was") as unknown,
      });
      for (const text of ['{"format":2}', "no JSON"]) {
        const other = fresh();
        await raw("defaultdb", (session) => session.command("CreateDatabaseV2", encodeCreateDatabase(other.database, ourSettings)));
        await raw(other.database, (session) => session.set(encodeSet([{ key: genesisKey, value: Buffer.from(text) }], [])));
        await expect(openImmudbEventStore(other)).rejects.toMatchObject({
          code: "foreign_store",
          message: expect.stringContaining("format 1") as unknown,
        });
      }
    });

    test("several may create the same log at once, and again later", async () => {
      const options = fresh();
      await Promise.all(Array.from({ length: 4 }, () => initImmudb(options)));
      const store = await openImmudbEventStore({ ...options, create: false });
      const { position } = await accepted(store, commitOf(freshRef(), 0));
      await initImmudb(options);
      expect(await store.head()).toBe(position);
      await store.close();
    });

    test("a wrong password, a missing database and a server that is not there are `unavailable`", async () => {
      const wrong: readonly Partial<ImmudbOptions>[] = [{ password: "wrong-password" }, { create: false }, { address: "127.0.0.1:1" }];
      for (const options of wrong)
        await expect(openImmudbEventStore({ ...fresh(), ...options })).rejects.toMatchObject({ code: "unavailable" });
    });

    test("[D21] a database of other settings is foreign, and the error tells what to do", async () => {
      const wrong: readonly (readonly [string, Partial<DatabaseSettings>])[] = [
        ["maxKeyLen is 1024, not 256", { maxKeyLen: 1024 }],
        ["maxTxEntries is 512, not 1024", { maxTxEntries: 512 }],
        ["embeddedValues is 0, not 1", { embeddedValues: false }],
      ];
      for (const [named, other] of wrong) {
        const options = fresh();
        await raw("defaultdb", (session) =>
          session.command("CreateDatabaseV2", encodeCreateDatabase(options.database, { ...ourSettings, ...other })),
        );
        const opening = openImmudbEventStore(options);
        await expect(opening).rejects.toMatchObject({ code: "foreign_store", message: expect.stringContaining(named) as unknown });
        await expect(opening).rejects.toThrow(/aethyr store init/);
      }
    });

    test("how long an fsync waits is the operator's choice", async () => {
      const options = fresh();
      const patient = { ...ourSettings, syncFrequencyMs: 5 };
      await raw("defaultdb", (session) => session.command("CreateDatabaseV2", encodeCreateDatabase(options.database, patient)));
      await (await openImmudbEventStore(options)).close();
    });
  });

  describe("damage", () => {
    const damaged = async (make: (session: Session) => Promise<unknown>, use: (store: EventStore) => Promise<unknown>): Promise<void> =>
      using(async (store, { database }) => {
        await accepted(store, { writes: [write(ref("room", "hall"), 0, 3, true)], command: { id: "c1", outcome: 1 } });
        await raw(database, async (session) => {
          await make(session);
          // Until the server's view of its index has the damage, events are read as they were written.
          await session.readRange("room/hall", 1, 1, false);
        });
        await expect(use(store)).rejects.toMatchObject({ code: "corrupt_store" });
        expect((await store.statistics().catch(() => undefined))?.load_failures ?? 1).toBe(1);
      });
    const set = (key: Uint8Array, value: string) => (session: Session) => session.set(encodeSet([{ key, value: Buffer.from(value) }], []));

    const remove = (key: Uint8Array) => (session: Session) =>
      session.command(
        "Delete",
        encodeMessage((out) => out.bytes(1, key)),
      );

    test("an event that was written over is not handed out, however well the new one looks", () => {
      const stream = ref("room", "hall");
      return damaged(set(eventKey("room/hall", 2), encodeEvent(stream, 2, newEvent())), (store) => store.readStream(stream));
    });
    test("an event that was deleted is a hole, wherever it is, and never a shorter history", async () => {
      const stream = ref("room", "hall");
      for (const version of [1, 2, 3]) await damaged(remove(eventKey("room/hall", version)), async (store) => store.readStream(stream));
    });
    test("an event that was put in from outside is not counted", () =>
      damaged(set(eventKey("room/hall", 5), "no event"), (store) => store.statistics()));
    test("an event that was put in from outside is not handed out", () =>
      damaged(set(eventKey("room/hall", 5), "{} \t"), (store) => store.readAll(0)));
    test("an outcome that cannot be read is not taken for none", () =>
      damaged(set(Buffer.from("c/c1"), "{"), (store) => store.outcomes(["c1"])));
    test("an end that tells no version is not taken for none", () =>
      damaged(set(Buffer.from("end/room/hall"), "soon"), (store) => store.heads([ref("room", "hall")])));
  });
});
