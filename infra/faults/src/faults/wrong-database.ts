import { startImmudbServer } from "@aethyr/bench/immudb";
import { openImmudbEventStore, type ImmudbPlace } from "@aethyr/event-store/immudb";
import { must, type Fault } from "../fault.ts";
import { databasesOf, newestTransaction } from "../world/databases.ts";
import { refusedOpening } from "../world/refused.ts";

/** The configuration names a database that is none, or another one than is meant. */
export const wrongDatabase: Fault = {
  name: "wrong-database",
  about: "a database that does not exist, the server's own, snapshots for events, one log's snapshots with another",
  holds: "[D18] [D21] a wrong database is refused, and nothing is written or created",
  async run({ directory, later }) {
    const running = await startImmudbServer({ directory });
    const { server, place } = running;
    later(server.stop);
    for (const database of ["log", "other"]) await (await openImmudbEventStore({ ...place(database), create: true })).close();
    const databases = await databasesOf(running);
    const before = await Promise.all(databases.map((name) => newestTransaction(running, name)));

    const cases: readonly (readonly [what: string, change: Partial<ImmudbPlace>, codes: readonly string[]])[] = [
      ["a database that does not exist", { database: "nothing" }, ["unavailable", "foreign_store"]],
      ["the server's own database", { database: "defaultdb" }, ["invalid_request"]],
      ["a name that cannot be one", { database: "no such/name" }, ["invalid_request"]],
      [
        "snapshots in place of events",
        { database: "log_snapshots", snapshotsDatabase: "log_snapshots" },
        ["foreign_store", "invalid_request"],
      ],
      ["events in place of snapshots", { snapshotsDatabase: "log" }, ["foreign_store", "invalid_request"]],
      ["the two the wrong way round", { database: "log_snapshots", snapshotsDatabase: "log" }, ["foreign_store"]],
      ["another log's snapshots", { snapshotsDatabase: "other_snapshots" }, ["foreign_store"]],
    ];
    for (const [what, change, codes] of cases) await refusedOpening(what, { ...place("log"), ...change }, codes);

    const after = await Promise.all(databases.map((name) => newestTransaction(running, name)));
    must((await databasesOf(running)).join() === databases.join(), "a database was created by a wrong configuration");
    must(after.join() === before.join(), "something was written by a wrong configuration");
    return { counts: { refused: cases.length } };
  },
};
