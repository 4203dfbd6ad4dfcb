import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, ensureServer, openUnrulyLine, startNats } from "@aethyr/servers";
import {
  deal,
  enqueueAll,
  hall,
  hallShare,
  hold,
  idsOf,
  limits,
  message,
  payload,
  range,
  rejectionOf,
  serveNoting,
  textOf,
  until,
} from "../contract/support.ts";
import { BusError } from "../errors.ts";
import { openLink } from "./connection.ts";
import { worldsOn } from "./on-world.fixture.ts";
import type { NatsStatus } from "./options.ts";
import { createOwnerAnswering } from "./owner-questions.ts";

const nats = await ensureServer("nats");

const { partitions } = limits;

describe.skipIf(nats === undefined)("an owner of a partition on a real nats-server", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startNats();
  }, 120_000);
  afterAll(() => server.stop());

  const onWorld = worldsOn(() => server, { partitions });

  test("[G4] whose line swallows deliveries and breaks gets them again, before what came later, and each once", () =>
    onWorld(async ({ bus }) => {
      const line = await openUnrulyLine(server.port);
      try {
        const statuses: string[] = [];
        const sender = await bus();
        const host = await bus({ servers: `nats://${line.address}`, onStatus: ({ type }: NatsStatus) => void statuses.push(type) });
        const { taken } = await serveNoting(host, hold, hallShare(1));
        await enqueueAll(sender, ["a"]);
        await until(() => expect(idsOf(taken)).toStrictEqual(["a"]));
        line.deafen();
        await enqueueAll(sender, ["b", "c"]);
        line.cut();
        await until(() => expect(statuses).toContain("disconnect"));
        line.mend();
        await until(() => expect(statuses).toContain("reconnect"));
        await enqueueAll(sender, ["d"]);
        await until(() => expect(taken.length).toBeGreaterThanOrEqual(4));
        expect(idsOf(taken)).toStrictEqual(["a", "b", "c", "d"]);
        expect(host.statusCounts.get("lane_renewed")).toBe(1);
      } finally {
        await line.close();
      }
    }));

  test("[G4] whose line swallows deliveries and holds notices the gap, and delivers nothing that came after it before them", () =>
    onWorld(async ({ world, bus, plain }) => {
      const line = await openUnrulyLine(server.port);
      try {
        const manager = await jetstreamManager(await plain());
        const sender = await bus();
        const host = await bus({ servers: `nats://${line.address}` });
        const { taken } = await serveNoting(host, hold, hallShare(1));
        await enqueueAll(sender, ["a"]);
        await until(() => expect(idsOf(taken)).toStrictEqual(["a"]));
        line.deafen();
        await enqueueAll(sender, ["b", "c"]);
        const name = `p${hallShare(1).partition}-e1`;
        await until(async () => expect((await manager.consumers.info(`CMD_${world}`, name)).num_ack_pending).toBe(3));
        line.mend();
        await enqueueAll(sender, ["d"]);
        await until(() => expect(taken.length).toBeGreaterThanOrEqual(4));
        expect(idsOf(taken)).toStrictEqual(["a", "b", "c", "d"]);
        expect(host.statusCounts.get("disconnect")).toBeUndefined();
        for (const delivery of taken) delivery.acknowledge();
        await until(async () => expect((await manager.streams.info(`CMD_${world}`)).state.messages).toBe(0));
      } finally {
        await line.close();
      }
    }));

  test("[G4] that was away while another took its partition learns that it lost it, and what it still says changes nothing", () =>
    onWorld(async ({ bus }) => {
      const line = await openUnrulyLine(server.port);
      try {
        const [sender, next] = [await bus(), await bus()];
        const zombie = await bus({ servers: `nats://${line.address}` });
        let lost = 0;
        const first = await serveNoting(
          zombie,
          hold,
          hallShare(1, () => {
            lost += 1;
          }),
        );
        await enqueueAll(sender, ["a", "b"]);
        await until(() => expect(first.taken).toHaveLength(2));
        line.cut();
        const second = await serveNoting(next, hold, hallShare(2));
        await until(() => expect(idsOf(second.taken)).toStrictEqual(["a", "b"]));
        for (const delivery of first.taken) delivery.acknowledge();
        line.mend();
        await until(() => expect(lost).toBe(1));
        for (const delivery of first.taken) delivery.acknowledge();
        await enqueueAll(sender, ["c"]);
        await until(() => expect(idsOf(second.taken)).toStrictEqual(["a", "b", "c"]));
        const third = await serveNoting(await bus(), deal, hallShare(3));
        await until(() => expect(idsOf(third.taken)).toStrictEqual(["a", "b", "c"]));
        expect(await rejectionOf(zombie.serve(hold, hallShare(1)))).toMatchObject({ code: "outdated_epoch" });
      } finally {
        await line.close();
      }
    }));

  test("[G6] that hears nothing any more does not keep questions from its successor", () =>
    onWorld(async ({ bus }) => {
      const line = await openUnrulyLine(server.port);
      try {
        const [guest, next] = [await bus(), await bus()];
        const former = await bus({ servers: `nats://${line.address}` });
        const answerAs = (name: string, epoch: number) => ({ ...hallShare(epoch), onQuestion: async () => payload(name) });
        const ask = async (): Promise<string> => textOf(await guest.askOwner(hall, payload("who"), { timeoutMs: 10_000 }));
        await former.serve(hold, answerAs("former", 1));
        expect(await ask()).toBe("former");
        line.deafen();
        await next.serve(hold, answerAs("next", 2));
        expect(await Promise.all(range(20).map(ask))).toStrictEqual(range(20).map(() => "next"));
        line.mend();
      } finally {
        await line.close();
      }
    }));

  test("[G6] that has a partition anew before it let go of it is asked by its new name alone, and by none where that takes no questions", () =>
    onWorld(async ({ world, bus }) => {
      const guest = await bus();
      const link = await openLink({ servers: server.url, world });
      try {
        const answering = createOwnerAnswering(link, world);
        const asked: string[] = [];
        const serve = (name: string) =>
          answering.serve(hallShare(1).partition, async () => {
            asked.push(name);
            return payload(name);
          });
        const ask = async (): Promise<string> => textOf(await guest.askOwner(hall, payload("who"), { timeoutMs: 10_000 }));
        const first = serve("first");
        const second = serve("second");
        await link.nats.flush();
        expect(await ask()).toBe("second");
        await first.close();
        expect(await ask()).toBe("second");
        const silent = answering.serve(hallShare(1).partition, undefined);
        await link.nats.flush();
        expect(await rejectionOf(ask())).toMatchObject({ code: "no_responders" });
        const fourth = serve("fourth");
        await Promise.all([second.close(), silent.close(), link.nats.flush()]);
        expect(await ask()).toBe("fourth");
        // Begun anew while it ends.
        const ending = fourth.close();
        serve("fifth");
        await Promise.all([ending, link.nats.flush()]);
        expect(await ask()).toBe("fifth");
        expect(asked).toStrictEqual(["second", "second", "fourth", "fifth"]);
      } finally {
        await link.close();
      }
    }));

  test("[G12] is asked so much at once by one connection, and no more", () =>
    onWorld(async ({ bus }) => {
      const [guest, other, host] = [await bus(), await bus(), await bus()];
      let asked = 0;
      await host.serve(hold, {
        ...hallShare(1),
        onQuestion: (question) => {
          asked += 1;
          return textOf(question) === "mine" ? Promise.resolve(payload("yours")) : new Promise(() => {});
        },
      });
      const calls = range(1_024).map(() => rejectionOf(guest.askOwner(hall, payload("a"), { timeoutMs: 600_000 })));
      await until(() => expect(asked).toBe(1_024));
      expect(await rejectionOf(guest.askOwner(hall, payload("mine"), { timeoutMs: 600_000 }))).toMatchObject({ code: "busy" });
      expect(asked).toBe(1_024);
      expect(textOf(await other.askOwner(hall, payload("mine"), { timeoutMs: 10_000 }))).toBe("yours");
      await guest.close();
      expect(new Set((await Promise.all(calls)).map((error) => (error instanceof BusError ? error.code : error)))).toStrictEqual(
        new Set(["closed"]),
      );
    }));

  test("[G4] gives way to who serves the whole lane, and that one to the owner of a share", () =>
    onWorld(async ({ bus }) => {
      const sender = await bus();
      let lost = 0;
      const share = await serveNoting(
        await bus(),
        hold,
        hallShare(1, () => {
          lost += 1;
        }),
      );
      await enqueueAll(sender, ["a"]);
      await until(() => expect(share.taken).toHaveLength(1));
      const whole = await serveNoting(await bus(), hold);
      await until(() => expect(lost).toBe(1));
      await until(() => expect(idsOf(whole.taken)).toStrictEqual(["a"]));
      const again = await serveNoting(await bus(), deal, hallShare(2));
      await until(() => expect(idsOf(again.taken)).toStrictEqual(["a"]));
      await until(async () => expect(textOf(await sender.request(message("b")))).toBe("reply to b"));
      expect(whole.taken).toHaveLength(1);
    }));

  test("whose stream is gone has lost its partition", () =>
    onWorld(async ({ world, bus, plain }) => {
      let lost = 0;
      await serveNoting(
        await bus(),
        hold,
        hallShare(1, () => {
          lost += 1;
        }),
      );
      await (await jetstreamManager(await plain())).streams.delete(`CMD_${world}`);
      await until(() => expect(lost).toBe(1));
    }));
});
