import type { AcceptedCommand, PlacedEvent } from "@aethyr/bench/history";
import type { Records } from "./load.ts";

/**
 * A command that finds everything done is not recorded, so a copy of it that is still on its way then is decided anew (decision 0005), and by
 * that time there may be something to do. Its sender was told position 0 and has gone on. Gives what was accepted with the effects of such
 * commands as the log has them, and their ids. Only for commands that had copies, and only what came after everything that anybody had been told
 * of when position 0 was told: whatever else stands in the log of a command that was told position 0 is a fault.
 */
export function withLateEffects(
  { accepted, copied, nothingToDo }: Pick<Records, "accepted" | "copied" | "nothingToDo">,
  log: Iterable<PlacedEvent>,
): { readonly accepted: readonly AcceptedCommand[]; readonly late: ReadonlySet<string> } {
  const effects = new Map<string, { position: number; readonly versions: Map<string, number> }>();
  for (const { command, stream, version, position } of log) {
    if (!copied.has(command) || position <= (nothingToDo.get(command) ?? Infinity)) continue;
    const effect = effects.get(command) ?? { position, versions: new Map<string, number>() };
    effect.position = position;
    effect.versions.set(stream, version);
    effects.set(command, effect);
  }
  return {
    accepted: accepted.map((each) => {
      const effect = effects.get(each.id);
      if (effect === undefined) return each;
      const changed = [...effect.versions].map(([stream, version]) => ({ stream, version }));
      return { id: each.id, position: effect.position, changed };
    }),
    late: new Set(effects.keys()),
  };
}
