import { rawKey, rawValue, type RawEntry } from "@aethyr/proof";
import { commandKeyText, endKeyText, eventKeyText, markerKeyText } from "../log-keys.ts";
import { withIndexText } from "../place-in-tx.ts";
import { positionsPerTransaction } from "../position.ts";

// What the hashes of a transaction are over: keys and values as every engine of ours has them, made from rows. The order is that of the
// positions; after an event the marker of its stream, if it is the first one; then the stream's end, if it was the last one; then the outcome
// of the command that it was the last one of. The first transaction has the rows of `meta` instead.

/** Takes an entry: the text of its key and of its value. */
export type AddEntry = (key: string, value: string) => void;

/** An event with what its stream's row says. `ended` is the version at which the stream ended, 0 if it has not. */
export type EventOfLog = { readonly path: string; readonly version: number; readonly event: string; readonly ended: number };
export type CommandOfLog = { readonly position: number; readonly id: string; readonly outcome: string };

export function addEventEntries({ path, version, event, ended }: EventOfLog, add: AddEntry): void {
  add(eventKeyText(path, version), event);
  if (version === 1) add(markerKeyText(path), "");
  if (ended === version) add(endKeyText(path), String(version));
}

/** The place of the command's last event stands behind the outcome, as on an engine that has no other room for it. */
export function addCommandEntry({ position, id, outcome }: CommandOfLog, add: AddEntry): void {
  add(commandKeyText(id), withIndexText(outcome, position % positionsPerTransaction));
}

export const metaKeyText = (name: string): string => `m/${name}`;

/** The texts of the entries of a transaction, which cross threads more cheaply than their bytes. */
export type EntryTexts = { readonly keys: readonly string[]; readonly values: readonly string[] };

const noBytes = new Uint8Array();

/** An entry as hashes are over it. */
export const rawEntry = (key: string, value: string): RawEntry => ({ key: rawKey(key), value: rawValue(value), metadata: noBytes });

export const rawEntriesOf = ({ keys, values }: EntryTexts): readonly RawEntry[] =>
  keys.map((key, index) => rawEntry(key, values[index] ?? ""));
