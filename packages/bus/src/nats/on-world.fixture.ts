import { randomUUID } from "node:crypto";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { RunningServer } from "@aethyr/servers";
import { connectNatsBus, type NatsBus } from "./nats-bus.ts";
import type { NatsOptions } from "./options.ts";

/** Connections to one world, which end with the test. */
export type TestWorld = {
  readonly world: string;
  bus(options?: Partial<NatsOptions>): Promise<NatsBus>;
  /** One as any NATS client has it. */
  plain(): Promise<NatsConnection>;
};

/** Name of a world that nobody has used. */
export const freshWorld = (): string => `w${randomUUID().slice(0, 23)}`;

/** Gives a test a world on a server that runs by then, a new one unless it names one, and closes what the test has opened. */
export const worldsOn =
  (server: () => RunningServer, defaults: Partial<NatsOptions> = {}) =>
  async (body: (the: TestWorld) => Promise<void>, world = freshWorld()): Promise<void> => {
    const { url } = server();
    const closing: (() => Promise<unknown>)[] = [];
    try {
      await body({
        world,
        bus: async (options = {}) => {
          const bus = await connectNatsBus({ servers: url, world, ...defaults, ...options });
          closing.push(() => bus.close());
          return bus;
        },
        plain: async () => {
          const connection = await connect({ servers: url });
          closing.push(() => connection.close());
          return connection;
        },
      });
    } finally {
      await Promise.all(closing.map((close) => close()));
    }
  };
