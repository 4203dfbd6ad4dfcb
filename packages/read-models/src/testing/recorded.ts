import type { Json, RecordedEvent } from "@aethyr/kernel";
import { createSmallWorld, type Sent, type SmallWorld } from "@aethyr/world/testing";

/** What a story recorded, in the log's order, and the world that it led to. Every command is of another actor and another second. */
export async function recordedStory(
  story: readonly Sent[],
): Promise<{ readonly events: readonly RecordedEvent[]; readonly world: SmallWorld }> {
  const world = createSmallWorld();
  const events: RecordedEvent[] = [];
  const versions = new Map<string, number>();
  for (const [index, sent] of story.entries()) {
    const step = await world.send(sent);
    if (step.kind !== "decided") continue;
    for (const { ref, events: changed } of step.changes) {
      for (const { type, ...rest } of changed) {
        const path = `${ref.type}/${ref.id}`;
        const version = (versions.get(path) ?? 0) + 1;
        versions.set(path, version);
        events.push({
          id: `c-${index}/${events.length}`,
          stream: ref,
          version,
          position: events.length + 1,
          type,
          schema: 1,
          machine: 1,
          time: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
          data: (rest as unknown as { readonly data: Json }).data,
          meta: { command: `c-${index}`, actor: `actor-${index}`, correlation: `c-${index}`, causation: null },
        });
      }
    }
  }
  return { events, world };
}
