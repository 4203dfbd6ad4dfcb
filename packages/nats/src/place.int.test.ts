import { connect } from "@nats-io/transport-node";
import { describe, expect, test, vi } from "vitest";
import { ensureServer, openUnrulyLine, startNats } from "@aethyr/servers";
import { connectOptions } from "./place.ts";
import { statusOf, type NatsStatus } from "./status.ts";

const until = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, { timeout: 60_000, interval: 20 });

describe.skipIf((await ensureServer("nats")) === undefined)("a connection", () => {
  test("[G12] that the server has ended because its greeting did not arrive in time, again and again, is made anew all the same", async () => {
    await using server = await startNats({ config: "authorization { user: host, password: secret, timeout: 0.5 }" });
    const line = await openUnrulyLine(Number(new URL(server.url).port));
    const place = { servers: line.address, username: "host", password: "secret" };
    const connection = await connect({ ...connectOptions(place), reconnectTimeWait: 10 });
    const statuses: NatsStatus[] = [];
    const watching = (async () => {
      for await (const status of connection.status()) statuses.push(statusOf(status));
    })();
    try {
      line.mute();
      await connection.reconnect();
      const tooLate = (): number => statuses.filter(({ detail }) => /authentication timeout/i.test(detail ?? "")).length;
      await until(() => expect(tooLate()).toBeGreaterThanOrEqual(3));
      line.mend();
      await until(() => connection.flush());
      expect(connection.isClosed()).toBe(false);
    } finally {
      await connection.close();
      await watching;
      await line.close();
    }
  });

  test("with a wrong password is refused at once", async () => {
    await using server = await startNats({ config: "authorization { user: host, password: secret }" });
    const place = { servers: server.url, username: "host", password: "guessed" };
    await expect(connect(connectOptions(place))).rejects.toThrow(/authorization violation/i);
  });
});
