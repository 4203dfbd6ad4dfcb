export { checkReferences } from "./circlemud/check-references.ts";
export { filesInDirectory } from "./circlemud/directory-files.ts";
export type { ExtraDescription } from "./circlemud/extra-descriptions.ts";
export type { Mob, MobAbility } from "./circlemud/mobs.ts";
export type {
  AffectFlag,
  Apply,
  Direction,
  DoorKind,
  DoorState,
  ExtraFlag,
  ItemType,
  MobFlag,
  Position,
  ResetMode,
  RoomFlag,
  Sector,
  Sex,
  WearFlag,
  WearSlot,
} from "./circlemud/names.ts";
export type { Dice } from "./circlemud/numbers.ts";
export type { ObjectAffect, WorldObject } from "./circlemud/objects.ts";
export { planResets } from "./circlemud/plan-resets.ts";
export { readWorld } from "./circlemud/read-world.ts";
export type { ReadWorldOptions, World, WorldReading } from "./circlemud/read-world.ts";
export type { InstancePlace, PlannedDoor, PlannedInstance, ResetPlan } from "./circlemud/reset-plan.ts";
export type { Reset } from "./circlemud/resets.ts";
export type { RoomExit } from "./circlemud/room-exits.ts";
export type { Room } from "./circlemud/rooms.ts";
export type { Shop, ShopHours, ShopMessages, ShopPurchase } from "./circlemud/shops.ts";
export { WorldFileError } from "./circlemud/world-file-error.ts";
export type { Source, WorldFileErrorCode } from "./circlemud/world-file-error.ts";
export { filesInMemory } from "./circlemud/world-files.ts";
export type { WorldFiles } from "./circlemud/world-files.ts";
export type { Zone } from "./circlemud/zones.ts";
export { readDikuWorld } from "./dikumud/read-diku-world.ts";
export { commandsOf, type CommandsOptions } from "./circlemud/commands/commands-of.ts";
export { divideStates, type DividedStates } from "./export/divide-states.ts";
export { exportWorld } from "./export/export-world.ts";
export { noPassword } from "./export/players.ts";
export { rehearse } from "./export/rehearse.ts";
export { differences, worldStateHash } from "./export/same-world.ts";
export { leftOutText, type ExportedCommand, type ExportedState, type LeftOut, type WorldExport } from "./export/world-export.ts";
export { isWorldFile, readWorldFile, worldFileLines } from "./export/world-file.ts";
export type { ImportCommand, Phase } from "./commands/import-command.ts";
export type { Clock } from "./run/clock.ts";
export type { ImportProblem, ImportResult, PhaseCounts } from "./run/result.ts";
export { runImport, type ImportOptions, type ImportProgress } from "./run/run-import.ts";
export type { Send } from "./run/send-batch.ts";
export { importStarterWorld } from "./starter/import-starter-world.ts";
export { starterEntrance, starterWorld } from "./starter/starter-world.ts";
