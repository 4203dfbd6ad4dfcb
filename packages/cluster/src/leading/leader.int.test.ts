import { silentLog } from "@aethyr/runtime";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectCoordination, type Coordination } from "../nats/connect.ts";
import { runForLeader, type Leading } from "./leader.ts";

const binary = await ensureServer("nats");

describe.skipIf(binary === undefined)("one of several processes leads", () => {
  let nats: RunningServer;
  const opened: Coordination[] = [];
  let worlds = 0;

  beforeAll(async () => {
    nats = await startNats({});
  });
  afterAll(async () => {
    await Promise.all(opened.map((coordination) => coordination.close()));
    await nats.stop();
  });

  /** Candidates of an office, and who of them leads by what they were told. */
  async function candidates(names: readonly string[], cannot: { readonly begin?: string; readonly work?: string } = {}) {
    const world = `w${(worlds += 1)}`;
    const leading = new Set<string>();
    const tried: string[] = [];
    const all = new Map<string, Leading & { readonly coordination: Coordination }>();
    for (const self of names) {
      const coordination = await connectCoordination({ servers: [nats.url] }, { world, role: self, log: silentLog, createBuckets: true });
      opened.push(coordination);
      const lead = async () => {
        tried.push(self);
        if (self === cannot.begin) throw new Error("it cannot begin");
        leading.add(self);
        const workedAt = () => (self === cannot.work ? -Infinity : performance.now());
        const close = async () => {
          leading.delete(self);
          // Such as a read that never ends.
          if (self === cannot.work) await new Promise(() => undefined);
        };
        return { workedAt, close };
      };
      const options = { coordination, office: "relay", self, log: silentLog, renewMs: 50, silenceMs: 1_000, standBackMs: 60_000, lead };
      all.set(self, { ...(await runForLeader(options)), coordination });
    }
    return { leading, tried, all };
  }

  /** One more of the same office, that can do its work. */
  const another = (coordination: Coordination): Promise<Leading> =>
    runForLeader({
      coordination,
      office: "relay",
      self: "another",
      log: silentLog,
      renewMs: 50,
      lead: async () => ({ workedAt: () => performance.now(), close: async () => undefined }),
    });

  const only = (leading: ReadonlySet<string>) => (leading.size === 1 ? [...leading][0] : undefined);

  test("[G7] exactly one does; when it steps down another one follows at once", async () => {
    const { leading, all } = await candidates(["a", "b", "c"]);
    await expect.poll(() => only(leading)).toBeDefined();
    const first = only(leading)!;
    await all.get(first)!.close();
    await expect.poll(() => only(leading)).toBeDefined();
    expect(only(leading)).not.toBe(first);
    for (const [name, one] of all) if (name !== first) await one.close();
    expect(leading.size).toBe(0);
  });

  test("[G7] one that is silent loses the office, and steps down when it finds out", async () => {
    const { leading, all } = await candidates(["a", "b"]);
    await expect.poll(() => only(leading)).toBeDefined();
    const first = only(leading)!;
    const other = first === "a" ? "b" : "a";
    // Somebody else took over, as after a long sleep of the leader.
    const bucket = await all.get(other)!.coordination.bucket("leaders");
    await bucket.put("relay", "c");
    await expect.poll(() => all.get(first)!.isLeader()).toBe(false);
    // Which is silent from then on.
    await expect.poll(() => only(leading), { timeout: 10_000 }).toBeDefined();
    for (const one of all.values()) await one.close();
  });

  test.each([{ begin: "a" }, { work: "a" }])("[G7] a leader that cannot do its work leaves it to another one: %o", async (cannot) => {
    const { leading, tried, all } = await candidates(["a"], cannot);
    await expect.poll(() => tried).toEqual(["a"]);
    const bucket = await all.get("a")!.coordination.bucket("leaders");
    // The office is free, not only silent.
    await expect.poll(async () => (await bucket.get("relay"))?.operation, { timeout: 10_000 }).toBe("DEL");
    expect([leading.size, all.get("a")!.isLeader(), all.get("a")!.trouble()]).toEqual([0, false, expect.any(Error)]);
    const next = await another(all.get("a")!.coordination);
    await expect.poll(() => next.isLeader()).toBe(true);
    await expect.poll(() => all.get("a")!.trouble()).toBeUndefined();
    expect(tried).toEqual(["a"]);
    await next.close();
    await all.get("a")!.close();
  });

  test("[G7] it leads on through a restart of NATS", async () => {
    const { leading, all } = await candidates(["a", "b"]);
    await expect.poll(() => only(leading)).toBeDefined();
    await nats.kill("SIGKILL");
    await nats.restart();
    await expect
      .poll(async () => (await (await all.get("a")!.coordination.bucket("leaders")).get("relay"))?.string(), { timeout: 20_000 })
      .toMatch(/^[ab]$/);
    await expect.poll(() => only(leading), { timeout: 20_000 }).toBeDefined();
    for (const one of all.values()) await one.close();
  });
});
