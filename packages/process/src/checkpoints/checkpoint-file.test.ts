import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryLog, encodeCheckpoint, type Checkpoint } from "@aethyr/proof";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../config/load-config.ts";
import type { Config } from "../config/schema.ts";
import { checkpointFile, createFileSink, readCheckpoints as readFile } from "./checkpoint-file.ts";
import { watchLog } from "./watch-log.ts";

let cwd: string;
let file: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "aethyr-checkpoints-"));
  file = join(cwd, "checkpoints.ndjson");
});
afterEach(() => rmSync(cwd, { recursive: true }));

const readCheckpoints = async (of: string) => (await readFile(of))?.checkpoints ?? [];
const at = (tx: number): Checkpoint => ({ database: "d", tx, hash: `${tx}`.padStart(64, "0"), time: "2026-01-01T00:00:00.000Z" });

describe("a file of checkpoints", () => {
  test("takes one line after another, for its owner alone, and gives them back", async () => {
    expect(await readCheckpoints(file)).toEqual([]);
    const sink = createFileSink(file);
    for (const tx of [1, 2]) await sink.emit(at(tx));
    expect(await readCheckpoints(file)).toEqual([at(1), at(2)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("[G10] goes on after a line that was not finished, which nobody was told of", async () => {
    const sink = createFileSink(file);
    await sink.emit(at(1));
    appendFileSync(file, '{"database":"d","ha');
    expect(await readCheckpoints(file)).toEqual([at(1)]);
    await sink.emit(at(2));
    expect(await readCheckpoints(file)).toEqual([at(1), at(2)]);
  });

  test.each([
    ["a foreign line", "notes of mine, without a line end"],
    ["a foreign beginning", `{"database"`],
    ["a line of another log", `{"database":"other","hash":"00`],
    ["a line that is nobody's", `{"database":"d","more`],
  ])("[G10] keeps %s at its end, and is refused", async (_what, text) => {
    for (const before of text.startsWith('{"database":"') ? ["", `${encodeCheckpoint(at(1))}\n`] : [""]) {
      writeFileSync(file, before + text);
      await expect(createFileSink(file).emit(at(2))).rejects.toMatchObject({ code: "checkpoints_unreadable" });
      expect(readFileSync(file, "utf8")).toBe(before + text);
    }
  });

  test("[G10] whose last line is whole but for its end loses nothing; one that was cut anywhere loses what was begun", async () => {
    const line = encodeCheckpoint(at(1));
    writeFileSync(file, line);
    await createFileSink(file).emit(at(2));
    expect(await readCheckpoints(file)).toEqual([at(1), at(2)]);
    for (let cut = 1; cut < line.length; cut += 1) {
      writeFileSync(file, `${line}\n${encodeCheckpoint(at(2)).slice(0, cut)}`);
      await createFileSink(file).emit(at(3));
      expect(await readCheckpoints(file)).toEqual([at(1), at(3)]);
    }
  });

  test("that holds something else, or cannot be used, is told", async () => {
    writeFileSync(file, "a shopping list\n");
    await expect(readCheckpoints(file)).rejects.toMatchObject({ code: "checkpoints_unreadable" });
    await expect(readCheckpoints(cwd)).rejects.toMatchObject({ code: "checkpoints_unreadable" });
    await expect(createFileSink(join(cwd, "none", "file")).emit(at(1))).rejects.toMatchObject({ code: "data_folder_unusable" });
  });
});

describe("the log of a running world", () => {
  const config = (everyTxs: number): Config => loadConfig({ cwd, env: { AETHYR_CHECKPOINTS_EVERY_TXS: String(everyTxs) } }).config;
  const entry = { key: Buffer.from("\0k"), value: Buffer.from("\0v"), metadata: new Uint8Array() };
  const watched = async (everyTxs: number, log = createMemoryLog("d"), errors: unknown[] = []) => {
    const watch = await watchLog(
      log,
      { ...config(everyTxs), checkpoints: { everyTxs, file } },
      {
        info: () => undefined,
        warn: (_: unknown, message: string) => void errors.push(message),
        error: (_: unknown, message: string) => void errors.push(message),
      },
    );
    return { log, watch, errors };
  };

  test("[G10] leaves a checkpoint each so many transactions, and a last one at its end", async () => {
    const { log, watch } = await watched(2);
    for (let tx = 1; tx <= 5; tx += 1) {
      log.append([entry], tx);
      watch.committed();
    }
    await expect.poll(() => existsSync(file)).toBe(true);
    await watch.close();
    const made = await readCheckpoints(file);
    expect(made.at(-1)).toMatchObject({ database: "d", tx: 5 });
    expect(made.length).toBeLessThanOrEqual(4);
    const again = await watched(2, log);
    await again.watch.close();
    expect(await readCheckpoints(file)).toEqual(made);
  });

  test("[G10] that is not the one of the last checkpoint is reported, and gets no other", async () => {
    const before = await watched(1);
    before.log.append([entry], 1);
    await before.watch.close();
    const made = await readCheckpoints(file);
    const shorter = await watched(1, createMemoryLog("d"));
    await shorter.watch.close();
    expect(shorter.errors).toEqual([expect.stringMatching(/the log ends at transaction 0.*aethyr log verify/)]);
    expect(await readCheckpoints(file)).toEqual(made);
  });

  test("of another log, the checkpoints of the file are passed over", async () => {
    const before = await watched(1);
    before.log.append([entry], 1);
    await before.watch.close();
    const other = await watched(1, createMemoryLog("other"));
    other.log.append([entry], 1);
    await other.watch.close();
    expect(other.errors).toEqual([]);
    expect((await readCheckpoints(file)).map(({ database }) => database)).toEqual(["d", "other"]);
  });

  test("without checkpoints is not looked at", async () => {
    const { log, watch } = await watched(0);
    log.append([entry], 1);
    watch.committed();
    await watch.close();
    expect(existsSync(file)).toBe(false);
  });

  test("that cannot be asked is asked again, and does not stop the world", async () => {
    const log = createMemoryLog("d");
    let isAway = false;
    const state: typeof log.state = async () => (isAway ? Promise.reject(new Error("away")) : log.state());
    const { watch, errors } = await watched(1, { ...log, state });
    log.append([entry], 1);
    isAway = true;
    watch.committed();
    await expect.poll(() => errors).toContain("no checkpoint could be made of the log; it is tried again");
    isAway = false;
    await watch.close();
    expect(await readCheckpoints(file)).toMatchObject([{ tx: 1 }]);
  });
});

test("checkpoints are in the data folder, or where the configuration says", () => {
  const { config } = loadConfig({ cwd, env: {} });
  expect(checkpointFile(config)).toBe(join(cwd, ".aethyr", "checkpoints.ndjson"));
  expect(checkpointFile({ ...config, checkpoints: { everyTxs: 1, file } })).toBe(file);
});
