import { ref, type Ref } from "@aethyr/kernel";
import { world as domain } from "@aethyr/world";
import { expect, test } from "vitest";
import { collected } from "../testing/collected.ts";
import { createRoom, startSmallWorld } from "../testing/small-world.ts";
import { rebuildWorld } from "./rebuild-world.ts";

const rooms = Array.from({ length: 30 }, (_, index) => `room-${index}`);

test("[A13] actors are cleared many at once, as each question goes to every host, and those that were in memory are made anew", async () => {
  await using small = await startSmallWorld();
  await small.operations.sendCommands(rooms.map((room) => createRoom(room)));
  await small.host.passivate(ref("room", "room-0"));
  const asked: (readonly Ref[])[] = [];
  const host = {
    actors: () => small.host.actors(),
    snapshot: (the: Ref) => small.host.snapshot(the),
    reload(refs: readonly Ref[]) {
      asked.push(refs);
      return small.host.reload(refs);
    },
  };
  const news = await collected(rebuildWorld({ store: small.store, domain, host }, { clear: true }));
  expect(asked.map((refs) => refs.map(({ id }) => id).sort())).toEqual([rooms.toSorted()]);
  expect(news.at(-1)).toMatchObject({ report: { streams: 30, anew: { compared: 29, different: 0 } } });
});
