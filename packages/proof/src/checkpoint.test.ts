import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { checkpointOf, encodeCheckpoint, isBegunLineOf, parseCheckpoints, pointOf, stateOf, type Checkpoint } from "./checkpoint.ts";
import { createCheckpointer, createMemorySink, extendsCheckpoint } from "./checkpointer.ts";
import { createMemoryLog } from "./memory-log.ts";
import { isSameLog } from "./provable-log.ts";
import { sha256 } from "./sha256.ts";
import { signedPayload } from "./signed-state.ts";
import { entriesOf } from "./testing/chains.ts";
import { verifyLog } from "./verify-log.ts";

const time = "2026-11-21T12:00:00.000Z";
const checkpoint: Checkpoint = checkpointOf({ database: "world", tx: 7, hash: sha256(), signature: Uint8Array.of(1, 2) }, time);

describe("[G10] checkpoints as text", () => {
  test("are canonical JSON, on one line, of what they were made of", () => {
    expect(encodeCheckpoint(checkpoint)).toBe(
      `{"database":"world","hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","signature":"AQI=","time":"${time}","tx":7}`,
    );
    const { signature: _, ...unsigned } = checkpoint;
    expect(encodeCheckpoint(unsigned)).not.toContain("signature");
    expect(stateOf(checkpoint)).toEqual({ database: "world", tx: 7, hash: Buffer.from(sha256()), signature: Buffer.from([1, 2]) });
    expect(stateOf(unsigned)).not.toHaveProperty("signature");
    expect(pointOf(checkpoint)).toEqual({ tx: 7, hash: Buffer.from(sha256()) });
  });

  test("are read back from the lines of a file", () => {
    const other = { ...checkpoint, tx: 9 };
    const text = `${encodeCheckpoint(checkpoint)}\n\n${encodeCheckpoint(other)}\n`;
    expect(parseCheckpoints(text)).toEqual({ ok: true, checkpoints: [checkpoint, other], interrupted: false });
    expect(parseCheckpoints("")).toEqual({ ok: true, checkpoints: [], interrupted: false });
    // A last line without its end is whole if it can be read.
    expect(parseCheckpoints(text.trimEnd())).toMatchObject({ ok: true, checkpoints: [checkpoint, other], interrupted: false });
  });

  test("that a writer was interrupted at are told, not read", () => {
    const line = encodeCheckpoint(checkpoint);
    for (let length = 1; length < line.length; length += 1)
      expect(parseCheckpoints(`${line}\n${line.slice(0, length)}`)).toEqual({ ok: true, checkpoints: [checkpoint], interrupted: true });
  });

  test.each([
    ["no JSON", "{"],
    ["a hash in capitals", encodeCheckpoint({ ...checkpoint, hash: checkpoint.hash.toUpperCase() })],
    ["a field that it does not have", encodeCheckpoint(checkpoint).replace("{", '{"more":1,')],
    ["no time", encodeCheckpoint({ ...checkpoint, time: "yesterday" })],
    ["transaction 0", encodeCheckpoint({ ...checkpoint, tx: 0 })],
  ])("with %s are refused, by line", (_, line) => {
    expect(parseCheckpoints(`${encodeCheckpoint(checkpoint)}\n${line}\n`)).toMatchObject({
      ok: false,
      rule: "malformed",
      message: expect.stringContaining("line 2"),
    });
  });

  test("that contradict each other are refused; of two databases they are not of one thing", () => {
    const hash = "0".repeat(64);
    const text = (second: Checkpoint): string => `${encodeCheckpoint(checkpoint)}\n${encodeCheckpoint(second)}\n`;
    expect(parseCheckpoints(text({ ...checkpoint, hash }))).toMatchObject({
      ok: false,
      rule: "checkpoint",
      message: expect.stringContaining("line 2"),
    });
    expect(parseCheckpoints(text({ ...checkpoint, hash, database: "other" }))).toMatchObject({ ok: true });
    expect(parseCheckpoints(text({ ...checkpoint, time: "2026-11-22T12:00:00.000Z" }))).toMatchObject({ ok: true });
  });
});

describe("[G10] checkpoints of two logs under one name", () => {
  const one: Checkpoint = { ...checkpoint, log: "log-1" };
  const other: Checkpoint = { ...checkpoint, log: "log-2", hash: "0".repeat(64) };

  test("are told apart by the id of the log, and old ones without it are still read", () => {
    const { log: _, ...old } = { ...one, tx: 3 };
    const text = [old, one, other].map((each) => `${encodeCheckpoint(each)}\n`).join("");
    expect(parseCheckpoints(text)).toEqual({ ok: true, checkpoints: [old, one, other], interrupted: false });
    expect([old, one, other].map((each) => isSameLog(each, { database: "world", log: "log-1" }))).toEqual([true, true, false]);
    expect(isSameLog(one, { database: "world" })).toBe(true);
    expect(isSameLog(one, { database: "another", log: "log-1" })).toBe(false);
    expect(stateOf(one)).toMatchObject({ log: "log-1" });
    expect(checkpointOf(stateOf(one), time)).toEqual(one);
  });

  test("a log is not compared with the other one's, and says whose it is", async () => {
    const memory = createMemoryLog("world");
    memory.append(entriesOf(1), 1);
    const log = { ...memory, state: async () => ({ ...(await memory.state()), log: "log-1" }) };
    const state = await log.state();
    const refused = { ok: false, rule: "elsewhere", message: expect.stringMatching(/world \(log-1\).*world \(log-2\)/) as string };
    expect(await extendsCheckpoint(log, { ...other, tx: 1 }, state)).toMatchObject(refused);
    expect(await verifyLog(log, { checkpoints: [{ ...other, tx: 1 }] })).toMatchObject(refused);
    expect(await verifyLog(log, { checkpoints: [checkpointOf(state, time)] })).toMatchObject({ ok: true, checkpoints: 1 });
  });

  test("a line of the other one that was begun is not taken for our own", () => {
    const line = encodeCheckpoint(one);
    for (let length = 1; length <= line.length; length += 1) expect(isBegunLineOf(one, line.slice(0, length), true)).toBe(true);
    expect(isBegunLineOf(other, line.slice(0, -5), true)).toBe(false);
    expect(isBegunLineOf(other, line.slice(0, -5).replace("world", "w"), true)).toBe(false);
  });
});

describe("[G10] a checkpointer", () => {
  const now = (): Date => new Date(time);
  const grow = (log: ReturnType<typeof createMemoryLog>, to: number, from = 1): void => {
    for (let tx = from; tx <= to; tx += 1) log.append(entriesOf(tx), tx);
  };

  test("makes the first checkpoint at once, and then one whenever the log has grown enough", async () => {
    const log = createMemoryLog();
    const sink = createMemorySink();
    const checkpointer = createCheckpointer(log, sink, 5, { now });
    expect(await checkpointer.advance()).toEqual({ ok: true });
    grow(log, 2);
    expect(await checkpointer.advance()).toEqual({ ok: true, checkpoint: checkpointOf(await log.state(), time) });
    grow(log, 6, 3);
    expect(await checkpointer.advance()).toEqual({ ok: true });
    grow(log, 7, 7);
    expect(await checkpointer.advance()).toMatchObject({ ok: true, checkpoint: { tx: 7 } });
    expect(sink.checkpoints().map(({ tx }) => tx)).toEqual([2, 7]);
    expect(checkpointer.last()).toEqual(sink.checkpoints()[1]);
  });

  test("goes on from the last checkpoint that there was", async () => {
    const log = createMemoryLog();
    grow(log, 4);
    const last = checkpointOf(await log.state(), time);
    grow(log, 8, 5);
    expect(await createCheckpointer(log, createMemorySink(), 5, { last }).advance()).toEqual({ ok: true });
    grow(log, 9, 9);
    const verdict = await createCheckpointer(log, createMemorySink(), 5, { last }).advance();
    expect(verdict).toMatchObject({ ok: true, checkpoint: { tx: 9, time: expect.stringMatching(/^20.*Z$/) } });
  });

  test("makes none of a log that does not go on from where it was", async () => {
    const before = createMemoryLog();
    grow(before, 6);
    const last = checkpointOf(await before.state(), time);
    const rewritten = createMemoryLog();
    rewritten.append(entriesOf(99), 1);
    grow(rewritten, 20, 2);
    const shorter = createMemoryLog();
    grow(shorter, 3);
    const sink = createMemorySink();
    expect(await createCheckpointer(rewritten, sink, 5, { last }).advance()).toMatchObject({ ok: false, rule: "source_hash" });
    expect(await createCheckpointer(shorter, sink, 5, { last }).advance()).toMatchObject({ ok: false, rule: "missing" });
    expect(sink.checkpoints()).toEqual([]);
  });

  test("makes only signed ones with a pinned key", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pinnedKey = publicKey.export({ type: "spki", format: "pem" }).toString();
    const signed = createMemoryLog("world", (state) => sign("sha256", signedPayload(state), privateKey));
    const unsigned = createMemoryLog("world");
    for (const log of [signed, unsigned]) grow(log, 3);
    const sink = createMemorySink();
    expect(await createCheckpointer(unsigned, sink, 1, { pinnedKey }).advance()).toMatchObject({ rule: "signature" });
    expect(await createCheckpointer(signed, sink, 1, { pinnedKey }).advance()).toMatchObject({ ok: true, checkpoint: { tx: 3 } });
    expect(sink.checkpoints()[0]).toHaveProperty("signature");
  });

  test("answers calls at the same time with one checkpoint, and tries again after a failure", async () => {
    const log = createMemoryLog();
    grow(log, 3);
    const sink = createMemorySink();
    let full = true;
    const checkpointer = createCheckpointer(
      log,
      { emit: async (made) => (full ? Promise.reject(new Error("the disk is full")) : sink.emit(made)) },
      5,
    );
    await expect(Promise.all([checkpointer.advance(), checkpointer.advance()])).rejects.toThrow("the disk is full");
    expect(checkpointer.last()).toBeUndefined();
    full = false;
    const [first, second] = await Promise.all([checkpointer.advance(), checkpointer.advance()]);
    expect(first).toBe(second);
    expect(sink.checkpoints()).toHaveLength(1);
  });

  test("a log extends a checkpoint, or does not", async () => {
    const log = createMemoryLog();
    grow(log, 4);
    const at = checkpointOf(await log.state(), time);
    expect(await extendsCheckpoint(log, at, await log.state())).toEqual({ ok: true });
    const other = { ...at, hash: "0".repeat(64) };
    expect(await extendsCheckpoint(log, other, await log.state())).toMatchObject({ rule: "checkpoint" });
    grow(log, 9, 5);
    expect(await extendsCheckpoint(log, at, await log.state())).toEqual({ ok: true });
    expect(await extendsCheckpoint(log, other, await log.state())).toMatchObject({ rule: "source_hash" });
    expect(await extendsCheckpoint(log, { ...at, tx: 10 }, await log.state())).toMatchObject({ rule: "missing" });
    expect(await extendsCheckpoint(log, { ...at, database: "x" }, await log.state())).toMatchObject({ rule: "elsewhere" });
  });
});
