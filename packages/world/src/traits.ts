import { AggregateId, ref, type Json, type Ref } from "@aethyr/kernel";
import { z } from "zod";
import type { Slot } from "./containment/inventory.ts";
import { lidOf } from "./lid.ts";
import type { Attributes } from "./shared/attributes.ts";

/** What a thing is to people who meet it, read from its attributes; the README has the list. */
export type Traits = {
  /** Somebody rather than something: it is neither taken nor opened. */
  readonly creature: boolean;
  /** What people call it by, lower case. */
  readonly keywords: readonly string[];
  /** The line that its room shows while it is there. */
  readonly line: string | undefined;
  /** What people see who look at it. */
  readonly description: string | undefined;
  /** What more there is to see of it, by keywords. */
  readonly details: readonly Detail[];
  readonly takeable: boolean;
  /** The slots that it fits, in the order in which they are tried. */
  readonly slots: readonly Slot[];
  /** Whether things can be put into it, and taken out; null where it is no container. */
  readonly container: "open" | "closed" | null;
  readonly seat: boolean;
};

export type Detail = { readonly keywords: readonly string[]; readonly text: string };

/** Of a game object: what of its state says what it is. */
type Described = { readonly name: string; readonly generic: string; readonly attributes: Attributes };

const slotsOf: Readonly<Record<string, readonly Slot[]>> = {
  finger: ["finger-right", "finger-left"],
  neck: ["neck-1", "neck-2"],
  wrist: ["wrist-right", "wrist-left"],
  ...Object.fromEntries(
    ["body", "head", "legs", "feet", "hands", "arms", "shield", "about", "waist", "wield", "hold"].map((each) => [each, [each]]),
  ),
};

const Words = z.array(z.string());
const Details = z.array(z.object({ keywords: Words, text: z.string() }));
const text = z.string().min(1);

/** The id of the thing that says whatever this one does not say itself; undefined where it has none. */
export function prototypeIdOf(attributes: Attributes): string | undefined {
  const id = attributes["prototype"];
  return typeof id === "string" && id.length > 0 ? id : undefined;
}

/** That thing; null where there is none, or where what is named cannot be one. */
export function prototypeOf(attributes: Attributes): Ref | null {
  const id = AggregateId.safeParse(prototypeIdOf(attributes)).data;
  return id === undefined ? null : ref("game-object", id);
}

/** The four numbers of a thing, or those of its prototype. */
export const valuesOf = (attributes: Attributes, prototype?: Attributes): Json | undefined => attributes["values"] ?? prototype?.["values"];

/** Never fails: an attribute that is not as the README says counts as absent. */
export function traitsOf({ name, generic, attributes }: Described, prototype?: { readonly attributes: Attributes }): Traits {
  const said = (key: string): Json | undefined => attributes[key] ?? prototype?.attributes[key];
  const read = <T>(key: string, schema: z.ZodType<T>): T | undefined => schema.safeParse(said(key)).data;
  const creature = generic === "mobile";
  const flags = read("wearFlags", Words);
  const type = read("type", text);
  const keywords = read("keywords", Words) ?? name.split(/[^\p{L}\p{N}'-]+/u).filter((word) => word.length > 1);
  return {
    creature,
    keywords: keywords.map((word) => word.toLowerCase()),
    line: read("longDescription", text),
    description: read("description", text),
    details: detailsOf(attributes, prototype?.attributes),
    takeable: !creature && (flags === undefined || flags.includes("take")),
    slots: creature ? [] : [...(type === "light" ? (["light"] as const) : []), ...(flags ?? []).flatMap((flag) => slotsOf[flag] ?? [])],
    container: creature || type !== "container" ? null : lidOf(said("values")).state === "open" ? "open" : "closed",
    seat: !creature && said("seat") === true,
  };
}

/** What there is to see beside a thing or a room itself, by keywords: its `extraDescriptions`. */
export function detailsOf(attributes: Attributes, prototype?: Attributes): readonly Detail[] {
  return Details.safeParse(attributes["extraDescriptions"] ?? prototype?.["extraDescriptions"]).data ?? [];
}
