import assert from "node:assert/strict";
import type { EventObject } from "xstate";
import type { Domain } from "../domain.ts";
import type { RecordedEvent } from "../event.ts";
import type { Json } from "../json.ts";
import { refOf } from "../ref.ts";
import { fixedFacts } from "./facts.ts";
import type { History } from "./given.ts";

/**
 * What a log holds after these histories, one after the other: events as whoever reads a log is given them, such as a projection. Each takes
 * the next position, each stream counts its versions on; time stands still at 2026-01-01, and every event has a command of its own, from nobody.
 *
 *     recorded(domain, { "lantern/old": [LanternMade({ oil: 100 })] }, { "lantern/old": [LanternBroken({})] })
 */
export function recorded(domain: Domain, ...histories: readonly History[]): readonly RecordedEvent[] {
  const versions = new Map<string, number>();
  const happened = histories.flatMap((history) =>
    Object.entries(history).flatMap(([path, events]) => events.map((event) => ({ path, event }))),
  );
  return happened.map(({ path, event }, index) => {
    const stream = refOf(path);
    const kind = domain.aggregates.get(stream.type);
    assert.ok(kind, `the domain has no aggregate ${stream.type}`);
    const known = kind.events.get(event.type);
    assert.ok(known, `${stream.type} has no event ${event.type}`);
    const version = (versions.get(path) ?? 0) + 1;
    versions.set(path, version);
    const command = `command-${index + 1}`;
    return {
      id: `${command}/0`,
      stream,
      type: event.type,
      schema: known.version,
      machine: 1,
      time: fixedFacts().now,
      data: plain((event as EventObject & { readonly data: unknown }).data),
      meta: { command, actor: null, correlation: command, causation: null },
      version,
      position: index + 1,
    };
  });
}

const plain = (data: unknown) => JSON.parse(JSON.stringify(data)) as Json;
