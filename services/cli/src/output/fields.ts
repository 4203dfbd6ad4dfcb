import { isRecord } from "../is-record.ts";
import type { Row } from "./rows.ts";

/** What an aggregate keeps, a row for each field; of a field with entries, such as exits, one for each entry. */
export function fieldRows(context: unknown): readonly Row[] {
  if (!isRecord(context)) return [["data", textOf(context)]];
  return Object.entries(context).flatMap(([name, value]): readonly Row[] => {
    if (!isRecord(value)) return [[name, textOf(value)]];
    const entries = Object.entries(value);
    return entries.length === 0 ? [[name, "(none)"]] : entries.map(([key, each]) => [`${name} ${key}`, textOf(each)]);
  });
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length === 0 ? "(none)" : listText(value);
  return isRecord(value) && "targetRoomId" in value ? exitText(value) : JSON.stringify(value);
}

/** Descriptions of what can be looked at: `gate, iron: It is old.`, each in lines of its own. */
function listText(values: readonly unknown[]): string {
  const texts = values.flatMap((value) =>
    isRecord(value) && Array.isArray(value["keywords"]) && typeof value["text"] === "string"
      ? [`${value["keywords"].join(", ")}: ${value["text"].trim()}`]
      : [],
  );
  return texts.length === values.length ? texts.join("\n") : JSON.stringify(values);
}

/** `to room/yard (gate closed): You see a gate.` */
function exitText({ targetRoomId, door, description }: Readonly<Record<string, unknown>>): string {
  const target = typeof targetRoomId === "string" ? `to room/${targetRoomId}` : "to nowhere";
  return `${target}${isRecord(door) ? ` (${doorText(door)})` : ""}${typeof description === "string" ? `: ${description.trim()}` : ""}`;
}

function doorText({ keywords, state }: Readonly<Record<string, unknown>>): string {
  const [name = "door"] = Array.isArray(keywords) ? (keywords as readonly unknown[]) : [];
  return `${String(name)} ${String(state)}`;
}
