import type { CommandKind, Domain } from "@aethyr/kernel";
import { z } from "zod";
import { isRecord } from "../is-record.ts";

export type CommandField = {
  readonly name: string;
  /** As a person reads it: `string`, `open | closed`, `number[]`. */
  readonly type: string;
  readonly required: boolean;
  /** Its value is sealed before anything keeps it. */
  readonly secret: boolean;
};
export type CommandDescription = {
  readonly command: string;
  /** The aggregate types that take it in this form. */
  readonly targets: readonly string[];
  /** It makes the aggregate that it is sent to. */
  readonly creates: boolean;
  readonly fields: readonly CommandField[];
};

/** Every command of a world by name; one that two kinds of aggregates take with different fields is there twice. */
export function describeCommands({ aggregates }: Domain, ofType?: string): readonly CommandDescription[] {
  const forms = new Map<string, CommandDescription>();
  for (const { type, commands } of aggregates.values()) {
    if (ofType !== undefined && type !== ofType) continue;
    for (const kind of commands.values()) {
      const form = { command: kind.name, creates: kind.creates, fields: fieldsOf(kind) };
      const key = JSON.stringify(form);
      forms.set(key, { ...form, targets: [...(forms.get(key)?.targets ?? []), type].toSorted() });
    }
  }
  return [...forms.values()]
    .map(({ command, targets, creates, fields }) => ({ command, targets, creates, fields }))
    .toSorted((one, other) => compare(one.command, other.command) || compare(one.targets.join(), other.targets.join()));
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function fieldsOf({ input, sealed }: CommandKind): readonly CommandField[] {
  const { properties, required } = schemaOf(input);
  if (!isRecord(properties)) return [];
  return Object.entries(properties).map(([name, schema]) => {
    const clear = sealed.find(({ field }) => field === name)?.clear;
    return {
      name,
      type: typeText(clear === undefined ? schema : schemaOf(clear)),
      required: Array.isArray(required) && required.includes(name),
      secret: clear !== undefined,
    };
  });
}

const schemaOf = (schema: z.ZodType): Readonly<Record<string, unknown>> => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

function typeText(schema: unknown): string {
  if (!isRecord(schema)) return "any";
  const { type, enum: options, const: only, anyOf, oneOf, items, additionalProperties } = schema;
  if (Array.isArray(options)) return options.map(String).join(" | ");
  if (only !== undefined) return JSON.stringify(only);
  const choices = Array.isArray(anyOf) ? anyOf : oneOf;
  if (Array.isArray(choices)) return choices.map(typeText).join(" | ");
  // A choice of bare types is written as a list of them.
  if (Array.isArray(type)) return type.map(String).join(" | ");
  if (type === "array") return listText(typeText(items));
  if (isRecord(schema["properties"])) return `{ ${fieldTexts(schema).join(", ")} }`;
  if (type === "object" && isRecord(additionalProperties)) return `object of ${typeText(additionalProperties)}`;
  return typeof type === "string" ? type : "any";
}

const fieldTexts = ({ properties, required }: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(isRecord(properties) ? properties : {}).map(
    ([name, schema]) => `${name}${Array.isArray(required) && required.includes(name) ? "" : "?"}: ${typeText(schema)}`,
  );

const listText = (item: string): string => (item.includes(" ") ? `(${item})[]` : `${item}[]`);
