import { ref } from "@aethyr/kernel";
import { gameObject, player } from "@aethyr/world";
import type { Inhabitants } from "./states.ts";
import type { ExportedCommand } from "./world-export.ts";

/** The commands that make things, holders before what they hold, and then show and wear them as they are shown and worn. */
export function thingCommands({ things, players }: Inhabitants, levels: ReadonlyMap<string, number>): readonly ExportedCommand[] {
  const placed = [...things].flatMap(([id, thing]) => {
    const level = levels.get(id);
    return level === undefined ? [] : [{ target: ref(gameObject.type, id), level, ...thing }];
  });
  const created = placed
    .toSorted((one, other) => one.level - other.level)
    .map(({ target, level, name, generic, containerId, attributes }) => ({
      phase: level === 0 ? "things" : `things held, level ${level}`,
      type: "CreateGameObject",
      target,
      data: { name, generic, containerId, attributes },
    }));
  const holders = [...[...players].map(([id, state]) => ({ target: ref(player.type, id), ...state })), ...placed];
  const laid = holders.flatMap(({ target, positions }) =>
    Object.entries(positions).map(([itemId, position]) => ({
      phase: "places in inventories",
      type: "AddItemToInventory",
      target,
      data: { itemId, position },
    })),
  );
  const worn = holders.flatMap(({ target, equipment }) =>
    Object.entries(equipment).map(([slot, itemId]) => ({ phase: "equipment", type: "EquipItem", target, data: { itemId, slot } })),
  );
  return [...created, ...laid, ...worn];
}
