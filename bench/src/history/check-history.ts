/** An event of a log, as far as its place in history is concerned. */
export type PlacedEvent = {
  readonly id: string;
  /** `type/id`. */
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly command: string;
};

/** A command that its sender was told is accepted, and what the reply said. */
export type AcceptedCommand = {
  readonly id: string;
  /** Position of its last event; 0 where it found nothing to do. */
  readonly position: number;
  readonly changed: readonly { readonly stream: string; readonly version: number }[];
};

export type HistoryCheck = {
  /** Takes the log's events, in the order in which the log gives them. */
  readonly add: (event: PlacedEvent) => void;
  /** What is wrong; empty where nothing is. */
  readonly finish: () => readonly string[];
};

type Effect = { position: number; readonly versions: Map<string, number> };

/**
 * Holds a whole log against the replies that were given: positions ascend; every stream has the versions 1 to n, each once; every accepted
 * command took effect exactly once, as its reply said; nothing took effect that was not accepted.
 */
export function createHistoryCheck(accepted: Iterable<AcceptedCommand>): HistoryCheck {
  const replies = new Map<string, AcceptedCommand>();
  const effects = new Map<string, Effect>();
  const versions = new Map<string, number>();
  const eventIds = new Set<string>();
  const faults: string[] = [];
  let position = 0;
  let current = "";

  for (const reply of accepted) {
    if (replies.has(reply.id)) faults.push(`${reply.id} was accepted twice: a client must not use an id for two commands`);
    replies.set(reply.id, reply);
  }

  function effectOf({ command, position: at }: PlacedEvent): Effect {
    const known = effects.get(command);
    // The events of a command are one commit: they stand together. What comes after another command's is a second effect.
    if (known !== undefined && current !== command) faults.push(`doubled: ${command} took effect again at position ${at}`);
    current = command;
    if (known !== undefined) return known;
    if (!replies.has(command)) faults.push(`unasked: ${command}, at position ${at}, was never accepted`);
    const made: Effect = { position: 0, versions: new Map() };
    effects.set(command, made);
    return made;
  }

  function compare({ id, position: told, changed }: AcceptedCommand): void {
    const effect = effects.get(id);
    if (effect === undefined) {
      if (changed.length > 0) faults.push(`lost: ${id} was accepted at position ${told}, and the log has nothing of it`);
      return;
    }
    if (effect.position !== told) faults.push(`${id} was told position ${told}, the log has ${effect.position}`);
    for (const { stream, version } of changed) {
      const actual = effect.versions.get(stream);
      if (actual !== version) faults.push(`${id} was told ${stream}@${version}, the log has ${actual ?? "no event of it there"}`);
    }
    if (effect.versions.size > changed.length)
      faults.push(`${id} changed ${[...effect.versions.keys()].join(", ")}, its reply did not say all of it`);
  }

  return {
    add(event) {
      const { id, stream, version } = event;
      if (event.position <= position) faults.push(`disordered: position ${event.position} comes after ${position}`);
      position = event.position;
      const before = versions.get(stream) ?? 0;
      if (version !== before + 1) faults.push(`${version <= before ? "doubled" : "gap"}: ${stream} has version ${version} after ${before}`);
      versions.set(stream, version);
      if (eventIds.has(id)) faults.push(`doubled: event ${id} again at position ${event.position}`);
      eventIds.add(id);
      const effect = effectOf(event);
      effect.position = event.position;
      effect.versions.set(stream, version);
    },
    finish() {
      for (const reply of replies.values()) compare(reply);
      return faults;
    },
  };
}
