import { randomUUIDv7 } from "node:crypto";
import type { Commit, EventStore } from "@aethyr/event-store";
import { pathOf, type Ref } from "@aethyr/kernel";
import type { AcceptedCommand } from "../history/check-history.ts";
import { createChoice, thing } from "../system/load.ts";

/** A log is written to at the port itself: each append is one command with one event, as a host would commit it. */
export type Appender = {
  /** For one of so many that append at once: none of them writes a stream of another. Rejects if the append is refused. */
  appendAs(writer: number): Promise<void>;
  /** What was acknowledged, for the history check. */
  accepted(): readonly AcceptedCommand[];
};

export type AppenderParts = { readonly store: EventStore; readonly streams: number; readonly writers: number };

const padding = "x".repeat(100);
const seed = 7;

export function createAppender({ store, streams, writers }: AppenderParts): Appender {
  const refs = Array.from({ length: streams }, (_, number) => thing(number));
  const versions = new Float64Array(streams);
  const choose = createChoice(seed);
  const streamsEach = Math.floor(streams / writers);
  // In columns: as objects, the collector would move hundreds of thousands of them about while it is measured what an append costs.
  const [ids, streamOf, versionOf, positionOf]: [string[], number[], number[], number[]] = [[], [], [], []];

  return {
    async appendAs(writer) {
      const stream = writer + writers * choose(streamsEach);
      const version = versions[stream] ?? 0;
      const id = randomUUIDv7();
      const [result] = await store.append([commitOf(id, refs[stream] as Ref, version)]);
      if (!result?.ok) throw result?.error ?? new Error("the store answered nothing");
      versions[stream] = version + 1;
      ids.push(id);
      streamOf.push(stream);
      versionOf.push(version + 1);
      positionOf.push(result.position);
    },
    accepted: () =>
      ids.map((id, index) => ({
        id,
        position: positionOf[index] ?? 0,
        changed: [{ stream: pathOf(refs[streamOf[index] ?? 0] as Ref), version: versionOf[index] ?? 0 }],
      })),
  };
}

function commitOf(id: string, stream: Ref, version: number): Commit {
  const event = {
    id: `${id}/1`,
    type: "GameObjectAttributeUpdated",
    schema: 1,
    machine: 1,
    time: new Date().toISOString(),
    data: { key: "note", value: `${String(version).padStart(10, "0")}${padding}` },
    meta: { command: id, actor: "bench", correlation: id, causation: null },
  };
  return {
    writes: [{ stream, expected: version === 0 ? "no-stream" : version, events: [event] }],
    command: { id, outcome: { [pathOf(stream)]: version + 1 } },
  };
}
