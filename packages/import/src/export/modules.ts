import { isDeepStrictEqual } from "node:util";
import type { Domain, Json, Ref } from "@aethyr/kernel";
import { initialContext } from "./initial-context.ts";
import { ownFields } from "./states.ts";
import type { ExportedCommand, ExportedState, Leave } from "./world-export.ts";

/**
 * The commands of what modules brought: aggregates of types of their own, and what they add to others. Each says itself how it is made again
 * (`remake` of `register`); what does not is left out, unless it is as it was at the beginning.
 */
export function moduleCommands(
  { registrations, aggregates }: Domain,
  all: readonly ExportedState[],
  leave: Leave,
): readonly ExportedCommand[] {
  const initials = new Map([...aggregates].map(([type, kind]) => [type, initialContext(kind)]));
  const carried = all.flatMap((state) => {
    if (!aggregates.has(state.ref.type)) leave(state.ref, "this world knows no such type");
    const initial = initials.get(state.ref.type) ?? {};
    const steps = registrations
      .filter(({ aggregate }) => aggregate.type === state.ref.type)
      .flatMap(({ aggregate: { extension }, remake }) => {
        if (extension === undefined && ownFields.has(state.ref.type)) return [];
        if (remake !== undefined) return remake({ id: state.ref.id, states: state.states, context: state.context });
        if (extension === undefined) leave(state.ref, "its module does not say how it is made again");
        for (const field of Object.keys(extension?.fragment.initial ?? {})) {
          if (!isDeepStrictEqual(fieldOf(state.context, field), initial[field]))
            leave(state.ref, `its ${field} is of ${extension?.name}, which does not say how it is made again`);
        }
        return [];
      });
    return steps.map(({ command, data }, index) => stepOf(index, state.ref, command, data));
  });
  return carried.toSorted((one, other) => one.step - other.step).map(({ command }) => command);
}

const stepOf = (index: number, target: Ref, type: string, data: Json): { readonly step: number; readonly command: ExportedCommand } => ({
  step: index,
  command: { phase: `of modules, step ${index + 1}`, type, target, data },
});

const fieldOf = (context: Json, field: string): unknown => (context as Readonly<Record<string, Json>>)[field];
