import { pathOf, type Json, type Ref } from "@aethyr/kernel";

/** An aggregate as it is: what `showAggregate` gives of one. */
export type ExportedState = { readonly ref: Ref; readonly states: Json; readonly context: Json };

/** A command of an export. All of one phase come before those of the next. */
export type ExportedCommand = { readonly phase: string; readonly type: string; readonly target: Ref; readonly data: Json };

/** What an export cannot carry; it is not in it. */
export type LeftOut = { readonly ref: Ref; readonly why: string };
export type Leave = (the: Ref, why: string) => void;

export type WorldExport = { readonly commands: readonly ExportedCommand[]; readonly leftOut: readonly LeftOut[] };

/** `room/hall: its exit up leads to room/attic, which is no more`. */
export const leftOutText = ({ ref: the, why }: LeftOut): string => `${pathOf(the)}: ${why}`;
