import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startImmudbServer } from "@aethyr/bench/immudb";
import { envelopeOf, thing } from "@aethyr/bench/system";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import { must, type Fault } from "../fault.ts";
import { pick } from "../random.ts";
import { createDatabase, newestTransaction, setOf } from "../world/databases.ts";
import { judge } from "../world/judge.ts";
import { refusedOpening } from "../world/refused.ts";
import { startSenders } from "../world/senders.ts";
import { openWorld } from "../world/world.ts";

type Foreign = { readonly settings: "server's" | "log's"; readonly entries?: Readonly<Record<string, string>> };

/** Longer than the store takes to be back. */
const swappedMs = 4_000;

/** Databases under our name that are none of ours. */
const foreign: Readonly<Record<string, Foreign>> = {
  empty: { settings: "log's" },
  others: { settings: "server's", entries: { greeting: "hello" } },
  wrong_settings: {
    settings: "server's",
    entries: { "m/genesis": `{"format":1,"holds":"events","log":"0d5b1f0e-8d7a-4c58-9a57-2f7a7d0f6a10"}` },
  },
  later_format: {
    settings: "log's",
    entries: { "m/genesis": `{"format":2,"holds":"events","log":"0d5b1f0e-8d7a-4c58-9a57-2f7a7d0f6a11"}` },
  },
  no_json: { settings: "log's", entries: { "m/genesis": "genesis" } },
};

/** What is found at the address is no log of ours, from the beginning or suddenly. */
export const foreignLog: Fault = {
  name: "foreign-log",
  about: "databases that are not ours or of another format, servers that are no immudb, another log under the same address",
  holds: "[A18] [D18] what is no log of ours is refused and left alone, also where it takes the place of ours while we run",
  async run({ choose, directory, long, later, progress }) {
    const running = await startImmudbServer({ directory: join(directory, "ours") });
    const { server, place, bare } = running;
    later(server.stop);
    for (const [name, { settings, entries }] of Object.entries(foreign)) {
      await createDatabase(running, name, settings);
      await createDatabase(running, `${name}_snapshots`, settings);
      if (entries !== undefined) await bare(name, ({ call }) => call("Set", setOf(entries)));
      const before = await newestTransaction(running, name);
      await refusedOpening(name, place(name), ["foreign_store"]);
      must((await newestTransaction(running, name)) === before, `${name} is no database of ours, and something was written to it`);
    }

    progress("servers that are no immudb");
    const sayings = ["", "HTTP/1.1 400 Bad Request\r\n\r\n", "\u0000\u0000\u0000"];
    for (const says of long ? sayings : [pick(choose, sayings)]) {
      const other = createServer((socket) => socket.on("error", () => undefined).end(says)).listen(0, "127.0.0.1");
      await once(other, "listening");
      const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
      await refusedOpening(`a server that says ${JSON.stringify(says)}`, { ...place("log"), address }, ["unavailable"]);
      other.close();
    }

    // The same address, the same names, the same passwords, and another log: as after a restore of the wrong backup.
    const elsewhere = { directory: join(directory, "other") };
    const made = await startImmudbServer(elsewhere);
    later(made.server.stop);
    await (await openImmudbEventStore({ ...made.place("log"), create: true })).close();
    const before = await newestTransaction(made, "log");
    await made.server.stop();

    const world = await openWorld({ ...place("log"), create: true });
    later(world.close);
    const senders = await startSenders({ ask: world.ask, choose, count: 1 + choose(16), things: 1 + choose(50) });
    await senders.acknowledged(50 + choose(100));
    progress("another log in place of ours");
    await server.kill("SIGKILL");
    const impostor = await startImmudbServer({ ...elsewhere, port: server.port });
    later(impostor.server.stop);
    const accepted = senders.accepted().length;
    // New aggregates above all: nothing that the other log holds or lacks speaks against them. Long enough for any connection to come back.
    const untilMs = performance.now() + swappedMs;
    for (let number = 0; performance.now() < untilMs; number += 1) {
      const reply = await world.ask(envelopeOf("CreateGameObject", thing(500_000 + number), { name: "sword" }));
      must(reply?.code !== "accepted", "a command was accepted into another log that took the place of ours: there are two histories now");
      await pause(50);
    }
    const written = (await newestTransaction(impostor, "log")) - before;
    must(written === 0, `${written} transactions were written to another log that took the place of ours: there are two histories now`);
    must(senders.accepted().length === accepted, "commands were accepted while our log was not there");
    await impostor.server.stop();
    await server.restart();
    await senders.acknowledged(20);
    await senders.finish();
    await world.close();
    const { events } = await judge(place("log"), senders.accepted());
    return {
      counts: { refused: Object.keys(foreign).length + (long ? sayings.length : 1), "logs swapped": 1, events, ...senders.counts() },
    };
  },
};
