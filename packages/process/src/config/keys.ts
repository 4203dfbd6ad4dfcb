import { z } from "zod";
import { Config } from "./schema.ts";

/** One key of the configuration and how it is given. */
export type ConfigKey = {
  /** As the file nests it: `api.port`. */
  readonly key: string;
  readonly env: string;
  /** Without dashes; secrets have none, because everybody on the machine sees a command line. */
  readonly flag: string | undefined;
  readonly kind: "text" | "number" | "boolean" | "list" | "map";
  /** Undefined where there is none. */
  readonly default: unknown;
  readonly meaning: string;
  readonly allowed: string;
  readonly secret: boolean;
};

type Node = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly allowed?: string;
  readonly secret?: boolean;
};

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Every key, in the order of the schema. */
export const configKeys: readonly ConfigKey[] = keysOf(z.toJSONSchema(Config, { io: "input", unrepresentable: "any" }) as Node, []);

function keysOf(node: Node, path: readonly string[]): readonly ConfigKey[] {
  if (node.properties !== undefined) return Object.entries(node.properties).flatMap(([name, child]) => keysOf(child, [...path, name]));
  const secret = node.secret === true;
  const words = path.map(kebab);
  const kind = kindOf(node);
  return [
    {
      key: path.join("."),
      env: `AETHYR_${words.join("-").replaceAll("-", "_").toUpperCase()}`,
      flag: secret ? undefined : words.join("-"),
      kind,
      default: node.default,
      meaning: node.description ?? "",
      allowed: node.allowed ?? allowedBy(node, kind),
      secret,
    },
  ];
}

function kindOf({ type }: Node): ConfigKey["kind"] {
  if (type === "integer" || type === "number") return "number";
  if (type === "boolean") return "boolean";
  if (type === "array") return "list";
  return type === "object" ? "map" : "text";
}

function allowedBy(node: Node, kind: ConfigKey["kind"]): string {
  if (node.enum !== undefined) return node.enum.join(", ");
  if (kind === "number") return `a whole number from ${node.minimum} to ${node.maximum}`;
  return kind === "boolean" ? "true, false" : "a text that is not empty";
}
