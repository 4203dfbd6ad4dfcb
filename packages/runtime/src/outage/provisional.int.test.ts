import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryEventStore, UnavailableError, type EventStore } from "@aethyr/event-store";
import { withJournal, type JournaledEventStore } from "@aethyr/event-store/journal";
import { afterEach, expect, test, vi } from "vitest";
import { command, contextsOf, createUnrulyStore, startHost, type TestHost, type UnrulyStore } from "../testing/index.ts";

type Journaled = TestHost & {
  /** The log, as the journal has it. */
  readonly primary: UnrulyStore;
  /** A host that writes the log without the journal: nobody should, and the log must not be spoilt by it. */
  readonly foreign: TestHost;
  readonly journal: JournaledEventStore;
  /** The log is away until the returned function is called. */
  leave(): () => void;
};

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const methods = ["append", "readStream", "readAll", "head", "heads", "outcomes", "loadSnapshot", "saveSnapshot"] as const;

/** A host on a journal on a log in memory. */
async function startJournaled(options: Parameters<typeof startHost>[0] = {}): Promise<Journaled> {
  const directory = mkdtempSync(join(tmpdir(), "aethyr-provisional-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const world: EventStore = createMemoryEventStore();
  const primary = createUnrulyStore(world);
  const journal = await withJournal({ primary, logId: "log", directory, pauseMs: 2 });
  const test = startHost({ ...options, store: journal });
  const foreign = startHost({ store: world, keys: test.keys });
  journal.onQuarantine((_these, streams) => test.host.discard(streams));
  closers.push(
    () => journal.close(),
    () => Promise.all([test.host.close(), foreign.host.close()]),
  );
  return {
    ...test,
    primary,
    foreign,
    journal,
    leave() {
      const backs = methods.map((method) =>
        primary.always(method, () => {
          throw new UnavailableError("away");
        }),
      );
      return () => {
        for (const back of backs) back();
      };
    },
  };
}

const settled = (journal: JournaledEventStore) =>
  vi.waitFor(() => expect(journal.outage().state).toBe("none"), { timeout: 20_000, interval: 5 });

test("[R33][A18] while the log is away live actors go on, provisionally; when it is back a repeat tells where its effect is", async () => {
  const { host, send, leave, journal, primary } = await startJournaled();
  for (const id of ["a", "b"]) await send(`counter/${id}`, "Open");
  const back = leave();
  const give = command("counter/a", "Add", { amount: 5 });
  expect(await host.submit(give)).toEqual({
    v: 1,
    command: give.id,
    code: "accepted",
    changed: [{ stream: { type: "counter", id: "a" }, version: 2 }],
    position: 0,
    provisional: true,
  });
  expect(await host.submit(give)).toMatchObject({ code: "accepted", position: 0, provisional: true });
  expect(await send("counter/a", "Give", { amount: 5, to: "b" })).toMatchObject({ code: "accepted", provisional: true });
  expect(await send("counter/b", "AddIfTotal", { total: 5, amount: 1 })).toMatchObject({ code: "accepted", provisional: true });
  // What is not live cannot be told about. A rejection can: the journal knows the id of every command that took effect.
  expect((await send("counter/unknown", "Open")).code).toBe("unavailable");
  expect((await send("counter/a", "Add", { amount: -100 })).code).toBe("rejected");
  back();
  await settled(journal);
  const [recorded] = await primary.outcomes([give.id]);
  expect(await host.submit(give)).toEqual({
    v: 1,
    command: give.id,
    code: "accepted",
    changed: [{ stream: { type: "counter", id: "a" }, version: 2 }],
    position: recorded?.position,
  });
  expect(await send("counter/a", "Add", { amount: -100 })).toMatchObject({ code: "rejected" });
  expect(await send("counter/b", "AddIfTotal", { total: 6, amount: 1 })).not.toHaveProperty("provisional");
  expect(new Map(await contextsOf(primary))).toEqual(
    new Map([
      ["counter/a", { total: 0, marks: 0, secret: null }],
      ["counter/b", { total: 7, marks: 0, secret: null }],
    ]),
  );
});

test("[R34][A18] what did not come to be is forgotten by the actors that hold it, and everything is decided on what is there", async () => {
  const { host, send, leave, foreign, journal, lines } = await startJournaled();
  for (const id of ["a", "b", "c"]) await send(`counter/${id}`, "Open");
  const back = leave();
  const lost = command("counter/a", "Add", { amount: 100 });
  expect(await host.submit(lost)).toMatchObject({ code: "accepted", provisional: true });
  expect(await send("counter/a", "Give", { amount: 60, to: "b" })).toMatchObject({ code: "accepted", provisional: true });
  expect(await send("counter/c", "Add", { amount: 3 })).toMatchObject({ code: "accepted", provisional: true });
  await foreign.send("counter/a", "Add", { amount: 1 });
  back();
  await settled(journal);
  expect((await journal.quarantined()).map(({ reason }) => reason.code)).toEqual(["wrong_expected_version", "depends_on"]);
  expect(lines.some(({ message }) => message.includes("read anew"))).toBe(true);
  expect(await send("counter/a", "AddIfTotal", { total: 1, amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 3 }] });
  expect(await send("counter/b", "Add", { amount: -60 })).toMatchObject({ code: "rejected", message: "b has 0" });
  expect(await send("counter/c", "AddIfTotal", { total: 3, amount: 1 })).toMatchObject({ code: "accepted" });
  expect(await host.submit(lost)).toMatchObject({ code: "accepted", changed: [{ version: 4 }] });
});
