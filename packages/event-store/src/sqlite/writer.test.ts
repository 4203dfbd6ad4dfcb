import { DatabaseSync, StatementSync } from "node:sqlite";
import { afterEach, expect, test, vi } from "vitest";
import { codeOf, commitOf, freshId, freshRef, newEvent, versionOf } from "../contract/samples.ts";
import { findingsOf } from "./testing/small-log.ts";
import { testFolders } from "./testing/test-folders.ts";
import { withStore } from "./testing/test-store.ts";

const newFolder = testFolders();
afterEach(() => void vi.restoreAllMocks());

type Exec = DatabaseSync["exec"];
type Run = StatementSync["run"];

/** SQLite refuses the next COMMIT, and the next statement of this text that is to make certain what has become of it. */
function failNextCommitAnd(statement: string): void {
  const run = StatementSync.prototype.run;
  const running = vi.spyOn(StatementSync.prototype, "run");
  running.mockImplementation(function (this: StatementSync, ...args: Parameters<Run>) {
    if (this.sourceSQL !== "COMMIT") return run.apply(this, args);
    running.mockRestore();
    throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
  });
  const exec = DatabaseSync.prototype.exec;
  const executing = vi.spyOn(DatabaseSync.prototype, "exec");
  executing.mockImplementation(function (this: DatabaseSync, ...[sql]: Parameters<Exec>) {
    if (!sql.startsWith(statement)) return exec.call(this, sql);
    executing.mockRestore();
    throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
  });
}

test.each(["ROLLBACK", "PRAGMA user_version"])(
  "[G3] [G10] a COMMIT that fails, and %s after it: `outcome_unknown`; the store goes on, its hashes hold, and the command takes effect once",
  async (statement) => {
    const directory = newFolder();
    await withStore({ directory }, async (store) => {
      const stream = freshRef();
      const commit = { ...commitOf(stream, 0, [newEvent()]), command: { id: freshId(), outcome: "done" } };
      failNextCommitAnd(statement);
      await expect(store.append([commit])).rejects.toMatchObject({ code: "outcome_unknown" });
      expect(await versionOf(store, stream)).toBe(0);
      expect((await store.append([commit])).map(codeOf)).toEqual(["ok"]);
      expect((await store.append([commit])).map(codeOf)).toEqual(["command_already_recorded"]);
      expect(await versionOf(store, stream)).toBe(1);
      expect((await store.append([commitOf(stream, 1)])).map(codeOf)).toEqual(["ok"]);
    });
    expect(await findingsOf(directory)).toEqual([]);
  },
);

test("[G3] a COMMIT that fails and is surely undone is `unavailable`", async () => {
  await withStore({ directory: newFolder() }, async (store) => {
    const stream = freshRef();
    failNextCommitAnd("no statement of ours");
    await expect(store.append([commitOf(stream, 0)])).rejects.toMatchObject({ code: "unavailable" });
    expect((await store.append([commitOf(stream, 0)])).map(codeOf)).toEqual(["ok"]);
  });
});
