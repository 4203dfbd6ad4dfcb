import { status } from "@grpc/grpc-js";
import { describe, expect, test, vi } from "vitest";
import { ensureServer } from "@aethyr/servers";
import { openChannel, type Channel } from "./channel.ts";
import { failureOf } from "./error-map.ts";
import { encodeGet, encodeSet } from "./messages.ts";
import { openSession } from "./session.ts";
import { testServer } from "./testing/test-server.ts";

const immudb = await ensureServer("immudb");

const login = { username: "immudb", password: "test-password" };
const key = Buffer.from("x/1");
const set = encodeSet([{ key, value: Buffer.from("1") }], []);

/** A channel that notes what is called, and fails as told. */
function noting(channel: Channel): Channel & { readonly calls: string[]; readonly sessions: Set<string>; failNext: Error | undefined } {
  const calls: string[] = [];
  const sessions = new Set<string>();
  const noted = {
    ...channel,
    calls,
    sessions,
    failNext: undefined as Error | undefined,
    call: async (method: string, request: Buffer, options: Parameters<Channel["call"]>[2]) => {
      calls.push(method);
      if (options.session !== undefined) sessions.add(options.session);
      const failure = noted.failNext;
      noted.failNext = undefined;
      if (failure) throw failure;
      return channel.call(method, request, options);
    },
  };
  return noted;
}
const lost = (code: status, details: string): Error => Object.assign(new Error(details), { code, details });
const withChannel =
  (server: () => { readonly address: string }) =>
  async (use: (channel: ReturnType<typeof noting>) => Promise<void>): Promise<void> => {
    const channel = openChannel(server().address);
    try {
      await use(noting(channel));
    } finally {
      channel.close();
    }
  };
const opened = (calls: readonly string[]): number => calls.filter((method) => method === "OpenSession").length;

describe.skipIf(immudb === undefined)("sessions of a real immudb", () => {
  const { server } = testServer();
  const using = withChannel(server);

  test("many calls at once open one session", () =>
    using(async (channel) => {
      const session = openSession(channel, login, "defaultdb");
      await Promise.all(Array.from({ length: 20 }, () => session.newestTx()));
      expect(opened(channel.calls)).toBe(1);
      await session.close();
    }));

  test.each([
    [status.PERMISSION_DENIED, "session not found"],
    [status.INVALID_ARGUMENT, "no session found"],
    [status.UNKNOWN, "not logged in"],
  ])("%i: %s opens another, and nobody hears of it", (code, text) =>
    using(async (channel) => {
      const session = openSession(channel, login, "defaultdb");
      await session.newestTx();
      channel.failNext = lost(code, text);
      expect(await session.set(set)).toBeGreaterThan(0);
      expect(opened(channel.calls)).toBe(2);
      await session.close();
    }),
  );

  test("[G3] a write whose answer is lost is never repeated by the session; a read is", () =>
    using(async (channel) => {
      const session = openSession(channel, login, "defaultdb");
      await session.newestTx();
      channel.failNext = lost(status.UNAVAILABLE, "Connection dropped");
      await expect(session.set(set)).rejects.toMatchObject({ details: "Connection dropped" });
      expect(channel.calls.filter((method) => method === "Set")).toHaveLength(1);
      channel.failNext = lost(status.UNAVAILABLE, "Connection dropped");
      expect((await session.get(key))?.key).toEqual(Buffer.from(key));
      expect(channel.calls.filter((method) => method === "Get")).toHaveLength(2);
      await session.close();
    }));

  test("a write that was not done because the server was busy is repeated", () =>
    using(async (channel) => {
      const session = openSession(channel, login, "defaultdb");
      await session.newestTx();
      channel.failNext = lost(status.UNKNOWN, "max concurrency limit exceeded");
      expect(await session.set(set)).toBeGreaterThan(0);
      expect(channel.calls.filter((method) => method === "Set")).toHaveLength(2);
      await session.close();
    }));

  test("a write whose session could not be opened was not sent", () =>
    using(async (channel) => {
      const session = openSession(channel, login, "defaultdb");
      channel.failNext = lost(status.UNAVAILABLE, "Connection dropped");
      expect(await session.set(set)).toBeGreaterThan(0);
      expect(opened(channel.calls)).toBe(2);
      await session.close();
    }));

  test("closing ends the session on the server", () =>
    using(async (channel) => {
      const session = openSession(channel, login, "defaultdb");
      await session.newestTx();
      const [id] = channel.sessions;
      await session.close();
      await expect(channel.call("Get", encodeGet(key), { timeoutMs: 5_000, session: id })).rejects.toSatisfy(
        (error) => failureOf(error) === "session",
      );
    }));

  test("a wrong password is told as such, and not tried again", () =>
    using(async (channel) => {
      const session = openSession(channel, { ...login, password: "wrong" }, "defaultdb");
      await expect(session.newestTx()).rejects.toMatchObject({
        details: expect.stringContaining("invalid user name or password") as unknown,
      });
      expect(opened(channel.calls)).toBe(1);
      await session.close();
    }));
});

describe.skipIf(immudb === undefined)("an immudb that has room for one session, and forgets it when it is idle for a second", () => {
  const { server } = testServer({
    args: [
      "--max-sessions",
      "1",
      "--max-session-inactivity-time",
      "1s",
      "--session-timeout",
      "1s",
      "--sessions-guard-check-interval",
      "200ms",
    ],
  });

  test(
    "a session that was forgotten is opened again for whoever calls, once; that there is no room is a reason to wait",
    () =>
      withChannel(server)(async (channel) => {
        const session = openSession(channel, login, "defaultdb");
        await session.set(set);
        const other = openSession(channel, login, "defaultdb");
        // There is room for it when the first one is forgotten.
        await vi.waitFor(() => other.newestTx(), { timeout: 20_000 });
        await other.close();
        const before = opened(channel.calls);
        await Promise.all([session.newestTx(), session.get(key), session.set(set)]);
        expect(opened(channel.calls)).toBe(before + 1);
        await session.close();
      }),
    30_000,
  );
});
