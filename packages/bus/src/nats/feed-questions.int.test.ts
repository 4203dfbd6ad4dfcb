import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { ensureServer, startNats, type RunningServer } from "@aethyr/servers";
import type { Bus } from "../bus.ts";
import { feedContract } from "../contract/feed.ts";
import { onBusOf } from "../contract/support.ts";
import { connectNatsBus } from "./nats-bus.ts";

const nats = await ensureServer("nats");

/** May do everything, but make consumers of feeds. */
const config = `authorization { users: [
  { user: "asking", password: "secret", permissions: { publish: { allow: [">"], deny: ["$JS.API.CONSUMER.CREATE.EVT_*", "$JS.API.CONSUMER.CREATE.EVT_*.>"] } } }
] }`;

describe.skipIf(nats === undefined)("for a role that may make no consumers, on a real nats-server", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats({ config });
  }, 120_000);
  afterAll(() => server.stop());

  const contract = {
    name: "nats, by questions",
    open: async (limits: object) => {
      const world = `w${randomUUID().slice(0, 23)}`;
      const open: Bus[] = [];
      return {
        connect: async () => {
          const bus = await connectNatsBus({ servers: server.url, username: "asking", password: "secret", world, ...limits });
          open.push(bus);
          return bus;
        },
        close: async () => {
          await Promise.all(open.map((bus) => bus.close()));
        },
      };
    },
  };
  feedContract(onBusOf(contract));
});
