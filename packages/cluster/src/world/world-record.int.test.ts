import { silentLog } from "@aethyr/runtime";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectCoordination, type Coordination } from "../nats/connect.ts";
import { agreeOnWorld } from "./world-record.ts";

const binary = await ensureServer("nats");

describe.skipIf(binary === undefined)("what all processes of a world agree on", () => {
  const host = { partitions: 16, types: ["room"] };
  let nats: RunningServer;
  let coordination: Coordination;

  beforeAll(async () => {
    nats = await startNats({});
    coordination = await connectCoordination(
      { servers: [nats.url] },
      { world: "agreed", role: "test", log: silentLog, createBuckets: true },
    );
  });
  afterAll(async () => {
    await coordination.close();
    await nats.stop();
  });

  test("[G1] nobody but a host begins a world; the first of many writes it down, the others find the same", async () => {
    await expect(agreeOnWorld(coordination, { log: "l1" })).rejects.toMatchObject({ code: "no_hosts_yet" });
    const records = await Promise.all(Array.from({ length: 8 }, () => agreeOnWorld(coordination, { log: "l1", host })));
    for (const record of records) expect(record).toEqual({ log: "l1", partitions: 16, mapEpoch: 1, types: ["room"] });
    expect(await agreeOnWorld(coordination, { log: "l1" })).toMatchObject({ partitions: 16 });
  });

  test("[G1] a process on another log, or with other partitions, is refused and told what to do", async () => {
    await expect(agreeOnWorld(coordination, { log: "l2", host })).rejects.toMatchObject({ code: "other_log" });
    await expect(agreeOnWorld(coordination, { log: "l1", host: { ...host, partitions: 32 } })).rejects.toThrow(
      /set placement\.partitions to 16/,
    );
  });

  test("[G1] a host that knows more joins, and from then on none does that knows less, unless it is to", async () => {
    const agree = (types: readonly string[], fewerTypes = false) =>
      agreeOnWorld(coordination, { log: "l1", host: { ...host, types, fewerTypes } });
    const [room, more] = [["room"], ["bell", "bell.BellHung", "room", "room.RoomLit"]];
    expect(await agree(more)).toMatchObject({ types: more });
    await expect(agree(room)).rejects.toMatchObject({ code: "other_modules", details: { missing: ["bell", "room.RoomLit"] } });
    await expect(agree(["bell", "room"])).rejects.toThrow("know bell.BellHung, room.RoomLit, and this one does not");
    // Neither may one that knows other things instead.
    await expect(agree(["gong", "room"])).rejects.toMatchObject({ code: "other_modules" });
    expect(await agreeOnWorld(coordination, { log: "l1" })).toMatchObject({ types: more });
    expect(await agree(room, true)).toMatchObject({ types: room });
    expect(await agree(room)).toMatchObject({ types: room });
  });
});
