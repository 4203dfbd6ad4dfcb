import { parseSync } from "oxc-parser";

/** One import of a file, of any kind: static, re-export, type only, `import()`, `import("x").T`, `require("x")`, `createRequire(…)("x")`. */
export interface Import {
  readonly specifier: string;
  /** Line of the file, from 1. */
  readonly line: number;
}

/**
 * Every import of a source text whose specifier is written out. A computed `import(path)` is left out.
 *
 * @throws SyntaxError of the parser, when the text is not TypeScript
 */
export function scanImports(text: string, fileName: string): readonly Import[] {
  const found: Import[] = [];
  const { program, errors } = parseSync(fileName, text, { lang: fileName.endsWith("x") ? "tsx" : "ts" });
  if (errors.length > 0) throw new SyntaxError(`${fileName}: ${errors[0]?.message}`);
  visit(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) found.push({ specifier, line: text.slice(0, Number(node["start"])).split("\n").length });
  });
  return found;
}

type Node = Readonly<Record<string, unknown>>;

function specifierOf(node: Node): string | undefined {
  switch (node["type"]) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return textOf(node["source"]);
    case "TSExternalModuleReference":
      return textOf(node["expression"]);
    case "CallExpression":
      return isRequire(node["callee"]) && Array.isArray(node["arguments"]) ? textOf(node["arguments"][0]) : undefined;
    default:
      return undefined;
  }
}

/** `require` or `createRequire(…)`. */
function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  const inner = callee["type"] === "CallExpression" ? callee["callee"] : undefined;
  return callee["name"] === "require" || (isNode(inner) && inner["name"] === "createRequire");
}

/** The text of a string literal or of a template without holes. */
function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node["type"] === "Literal" && typeof node["value"] === "string") return node["value"];
  const quasis: unknown = node["quasis"];
  if (node["type"] !== "TemplateLiteral" || !Array.isArray(quasis) || quasis.length !== 1) return undefined;
  const [only] = quasis as readonly unknown[];
  return isNode(only) && isNode(only["value"]) ? String(only["value"]["cooked"]) : undefined;
}

function visit(value: unknown, onNode: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, onNode);
  } else if (isNode(value)) {
    onNode(value);
    for (const child of Object.values(value)) visit(child, onNode);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
