import { readFile } from "node:fs/promises";
import specs from "@asyncapi/specs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { headers, replyCodes } from "@aethyr/protocol";
import { describe, expect, test } from "vitest";
import { asyncapi } from "./asyncapi.ts";

type Named = {
  readonly payload: { readonly $ref?: string };
  readonly examples?: readonly { readonly payload: unknown }[];
  readonly headers?: { readonly properties: object };
};
type Document = {
  readonly channels: Readonly<Record<string, { readonly address: string | null; readonly parameters?: object }>>;
  readonly components: { readonly messages: Readonly<Record<string, Named>>; readonly schemas: Readonly<Record<string, object>> };
};

const kept = await readFile(new URL("../asyncapi.json", import.meta.url), "utf8");
const document = JSON.parse(kept) as Document;

/** `meta` false: the schema of AsyncAPI brings its dialect along. */
function checkOf(schema: object, meta = true): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, meta, validateSchema: meta });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

/** The schema that a reference within the document names. */
const found = (ref: string): unknown =>
  ref
    .slice(2)
    .split("/")
    .reduce<unknown>((part, name) => (part as Readonly<Record<string, unknown>> | undefined)?.[name], document);

describe("the AsyncAPI document", () => {
  test("is the one that the schemas make: after a change run docs/protocol/src/main.ts", () => {
    expect(document).toEqual(JSON.parse(JSON.stringify(asyncapi())));
  });

  test("is one by the schema of AsyncAPI 3.0", () => {
    const check = checkOf(specs.schemas["3.0.0"], false);
    expect(check(document) ? [] : check.errors).toEqual([]);
    expect(check({ ...document, operations: { x: { action: "shout" } } })).toBe(false);
  });

  test("every reference in it names something", () => {
    const refs = [...kept.matchAll(/"\$ref": "([^"]+)"/g)].map(([, ref = ""]) => ref);
    expect(refs.length).toBeGreaterThan(10);
    expect(refs.filter((ref) => found(ref) === undefined)).toEqual([]);
  });

  test("its schemas take its examples, and refuse what is none", () => {
    for (const [name, { payload, examples = [] }] of Object.entries(document.components.messages))
      for (const example of examples) {
        const check = checkOf(found(payload.$ref ?? "") as object);
        expect(check(example.payload) ? [] : check.errors, name).toEqual([]);
        expect(check({ ...(example.payload as object), v: 2 }), name).toBe(false);
      }
  });

  test("it has every header, every reply code, and a parameter for every part of a subject", () => {
    const named = new Set(Object.values(document.components.messages).flatMap(({ headers: all }) => Object.keys(all?.properties ?? {})));
    expect([...named].sort()).toEqual(Object.values(headers).sort());
    for (const code of replyCodes) expect(JSON.stringify(document.components.schemas["reply"])).toContain(`"${code}"`);
    for (const { address, parameters = {} } of Object.values(document.channels))
      expect(new Set(Object.keys(parameters))).toEqual(new Set([...(address ?? "").matchAll(/\{(\w+)\}/g)].map(([, name]) => name)));
  });
});
