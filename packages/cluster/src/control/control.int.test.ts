import { ref, type Snapshot } from "@aethyr/kernel";
import { silentLog } from "@aethyr/runtime";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectCoordination, type Coordination } from "../nats/connect.ts";
import { askHosts, type HostsParts } from "./ask-hosts.ts";
import { actorsPerAnswer, controlSubject } from "./questions.ts";
import { serveControl, type ControlParts } from "./serve-control.ts";

const binary = await ensureServer("nats");
const world = "asked";
const hall = ref("room", "hall");

describe.skipIf(binary === undefined)("questions to hosts", () => {
  let nats: RunningServer;
  let coordination: Coordination;

  beforeAll(async () => {
    nats = await startNats({});
    coordination = await connectCoordination({ servers: [nats.url] }, { world, role: "test", log: silentLog, createBuckets: true });
  });
  afterAll(async () => {
    await coordination.close();
    await nats.stop();
  });

  /** A host that has nothing in memory, unless it is said. */
  const serve = (self: string, host: Partial<ControlParts["host"]> = {}, drain = async (): Promise<void> => undefined, log = silentLog) =>
    serveControl({
      coordination,
      world,
      self,
      log,
      placement: { drain },
      host: { actors: () => [], passivate: async () => false, snapshot: () => undefined, reload: () => 0, ...host },
    });
  const ask = (...names: string[]) => askAll(names.map((host) => ({ host, alive: true })));
  const askAll = (hosts: ReturnType<HostsParts["hosts"]>) =>
    askHosts({ coordination, world, hosts: () => hosts, ownerOf: () => hosts[0]?.host, timeoutMs: 2_000 });
  /** What a host answers to whoever asks, in any language. */
  const raw = async (host: string, text: string) =>
    (await coordination.nats.request(controlSubject(world, host), text, { timeout: 5_000 })).json();

  test("more actors than one answer holds come in several, all of them, with their hosts", async () => {
    const count = actorsPerAnswer + 7;
    const actors = Array.from({ length: count }, (_, index) => ({
      ref: ref("room", `r-${index}`),
      state: "ready" as const,
      version: 1,
      mailbox: 0,
      idleMs: 5,
    }));
    const hosts = [serve("many", { actors: () => actors }), serve("few", { actors: () => actors.slice(0, 1) })];
    await coordination.nats.flush();
    const found = await ask("many", "few").actors();
    expect(found).toHaveLength(count + 1);
    expect(new Set(found.filter(({ host }) => host === "many").map(({ ref: { id } }) => id)).size).toBe(count);
    expect(found.filter(({ host }) => host === "few")).toEqual([{ ...actors[0], host: "few" }]);
    await Promise.all(hosts.map((host) => host.close()));
  });

  test("the owner of an aggregate is asked for it, every host forgets it", async () => {
    const snapshot: Snapshot = {
      stream: hall,
      version: 3,
      time: "2026-01-01T00:00:00Z",
      machine: { version: 1, structure: "x" },
      state: { status: "active", value: "there", context: {} },
    };
    let drained = 0;
    const owner = serve("owner", { snapshot: () => snapshot, passivate: async () => true, reload: (refs) => refs.length }, async () => {
      drained += 1;
    });
    const other = serve("other", { reload: () => 1 });
    await coordination.nats.flush();
    const asking = ask("owner", "other");
    expect(await asking.snapshot(hall)).toEqual(snapshot);
    expect(await ask("other").snapshot(hall)).toBeUndefined();
    expect(await asking.passivate(hall)).toBe(true);
    expect(await asking.reload([hall, ref("room", "yard")])).toBe(3);
    expect(await ask().snapshot(hall)).toBeUndefined();
    expect(await ask().passivate(hall)).toBe(false);
    await asking.drain("other");
    expect(drained).toBe(0);
    await asking.drain("owner");
    expect(drained).toBe(1);
    await Promise.all([owner.close(), other.close()]);
    await expect(asking.drain("owner")).rejects.toMatchObject({ code: "host_silent" });
  });

  test("[G11] what is no question gets an answer, and the host goes on answering", async () => {
    const host = serve("sturdy", {
      snapshot() {
        throw new Error("a bug");
      },
    });
    await coordination.nats.flush();
    for (const text of ["", "{", "null", `{"ask":"everything"}`, `{"ask":"passivate"}`, `{"ask":"actors","after":"","more":1}`])
      expect(await raw("sturdy", text)).toMatchObject({ ok: false, code: "invalid_request" });
    expect(await raw("sturdy", JSON.stringify({ ask: "state", ref: hall }))).toEqual({ ok: false, code: "internal", message: "a bug" });
    await expect(ask("sturdy").snapshot(hall)).rejects.toMatchObject({ code: "internal", message: "sturdy: a bug" });
    expect(await raw("sturdy", `{"ask":"actors","after":""}`)).toEqual({ ok: true, value: [] });
    await host.close();
  });

  test("a host that is not there, that does not answer, or answers nonsense, is named, and no answer is made up", async () => {
    const named = (host: string, why: RegExp) => ({
      code: "host_silent",
      message: expect.stringMatching(why) as string,
      details: { host },
    });
    await expect(ask("gone").actors()).rejects.toMatchObject(named("gone", /^the host gone is not there: see "aethyr partitions list"$/));
    const mute = coordination.nats.subscribe(controlSubject(world, "mute"), { callback: () => undefined });
    await coordination.nats.flush();
    await expect(ask("mute").actors()).rejects.toMatchObject(named("mute", /gave no answer within 2000 ms/));
    mute.unsubscribe();
    for (const answer of ["{", `{"ok":1}`, `{"ok":true,"value":[{"ref":1}]}`]) {
      const odd = coordination.nats.subscribe(controlSubject(world, "odd"), { callback: (_, message) => void message.respond(answer) });
      await coordination.nats.flush();
      await expect(ask("odd").actors()).rejects.toMatchObject(named("odd", /answers what this program cannot read/));
      odd.unsubscribe();
    }
    await expect(ask("gone", "gone").reload([hall])).rejects.toMatchObject(named("gone", /is not there/));
  });

  test("where nobody is heard no answer is made up either; what is to be forgotten is asked of the silent, too", async () => {
    const silent = { host: "silent", alive: false };
    const nobody = { code: "host_silent", message: expect.stringMatching(/^no host of the world is heard/) as string };
    await expect(askAll([silent]).actors()).rejects.toMatchObject(nobody);
    await expect(askAll([silent]).reload([hall])).rejects.toMatchObject(nobody);
    // Of a world that nobody hosts nothing is in memory.
    expect([await ask().actors(), await ask().reload([hall])]).toEqual([[], 0]);
    const host = serve("heard", { reload: () => 1 });
    await coordination.nats.flush();
    const both = [{ host: "heard", alive: true }, silent];
    expect(await askAll(both).actors()).toEqual([]);
    await expect(askAll(both).reload([hall])).rejects.toMatchObject({ code: "host_silent", details: { host: "silent" } });
    const deaf = serve("silent", { reload: () => 2 });
    await coordination.nats.flush();
    expect(await askAll(both).reload([hall])).toBe(3);
    await Promise.all([host.close(), deaf.close()]);
  });

  test("a drain that fails after its answer is told in the host's log, and the host goes on", async () => {
    const logged: string[] = [];
    const log = { ...silentLog, error: (_: object, message: string) => void logged.push(message) };
    const host = serve("stuck", {}, () => Promise.reject(new Error("the board is gone")), log);
    await coordination.nats.flush();
    await ask("stuck").drain("stuck");
    await expect.poll(() => logged).toEqual(["this host could not give away what it has"]);
    expect(await ask("stuck").actors()).toEqual([]);
    await host.close();
  });
});
