import { describe, expect, test } from "vitest";
import type { Reach } from "./reach.ts";
import { rebuildableWorldOfEachTest } from "./rebuildable-world.ts";
import { describe as describeRoom } from "./small-world.ts";

/** What holds of a rebuild beside everything else, whichever way it is asked for. */
export function rebuildMeanwhileSuite(name: string, reach: Reach): void {
  describe(`${name}: rebuild meanwhile`, () => {
    const small = rebuildableWorldOfEachTest(reach);

    test("[A13] the world goes on meanwhile: commands are answered while it is replayed, and make no difference", async () => {
      await small.fill(400);
      let answered = 0;
      let isDone = false;
      const sending = (async () => {
        while (!isDone) {
          const [reply] = await small.operations.sendCommands([describeRoom("hall", `${answered}`)]);
          if (reply?.code === "accepted") answered += 1;
        }
      })();
      const { readStream } = small.store;
      small.broken = {
        async readStream(the, options) {
          // In the middle of it: so much happens before it goes on.
          if (the.id === "room-200") while (answered < 20) await new Promise(setImmediate);
          return readStream(the, options);
        },
      };
      const report = await small.rebuild({ clear: true });
      isDone = true;
      await sending;
      expect(answered).toBeGreaterThanOrEqual(20);
      expect(report).toMatchObject({ bad: [], streams: 403, equal: 403 });
    });

    test("[G12] one rebuild at a time: a second one is refused, and one that was given up makes room", async () => {
      await small.fill(30);
      const first = small.operations.rebuildWorld()[Symbol.asyncIterator]();
      const gate = Promise.withResolvers<void>();
      const { readStream } = small.store;
      const reached = Promise.withResolvers<void>();
      small.broken = {
        readStream: async (the, options) => {
          reached.resolve();
          await gate.promise;
          return readStream(the, options);
        },
      };
      const begun = first.next();
      await reached.promise;
      await expect(small.rebuild()).rejects.toMatchObject({ code: "busy" });
      gate.resolve();
      await begun;
      await first.return?.();
      small.broken = {};
      expect(await freed(small.rebuild)).toMatchObject({ bad: [] });
    });

    test("[G12] it ends with its signal, and when the operations close", async () => {
      await small.fill(50);
      const stop = new AbortController();
      const { readStream } = small.store;
      small.broken = {
        readStream: async (the, options) => {
          stop.abort(new Error("enough"));
          return readStream(the, options);
        },
      };
      await expect(small.rebuild({ signal: stop.signal })).rejects.toThrow("enough");
      small.broken = {};
      await small.operations.close();
      await expect(small.rebuild()).rejects.toMatchObject({ code: "closed" });
    });
  });
}

/** Tries until the rebuild before has noticed that nobody listens any more. */
async function freed<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "busy")) throw error;
    }
    await new Promise(setImmediate);
  }
}
