import type { Comparison } from "@aethyr/operator";
import { CliError } from "../errors.ts";
import { verb } from "../verb.ts";
import { askWorld } from "../world/with-world.ts";

export const projectionCompare = verb({
  name: "compare",
  summary: "compares a copy of a read model with the active one, row by row",
  details: "Both are compared at the same position of the log. Fails if anything differs, and names the first rows that do.",
  examples: [
    ["projection compare rooms rooms_v1_b2", "whether they are equal"],
    ["projection compare rooms rooms_v1_b2 --output json", "with the keys of rows that differ"],
  ],
  define: (command) =>
    command.argument("<projection>", "such as rooms").argument("<copy>", "its schema, such as rooms_v1_b2: see `projection list`"),
  async run(call) {
    const [projection = "", schema = ""] = call.args;
    const comparison = await askWorld(call, async ({ operations }) => operations.readModels.compare(projection, schema));
    if (call.print.format !== "table") await call.print.one(comparison, []);
    else {
      await call.print.list(comparison.tables, [
        { title: "table", value: ({ table }) => table },
        { title: comparison.left, value: ({ leftRows }) => leftRows ?? "(none)" },
        { title: comparison.right, value: ({ rightRows }) => rightRows ?? "(none)" },
        { title: `only ${comparison.left}`, value: ({ onlyLeft }) => onlyLeft },
        { title: `only ${comparison.right}`, value: ({ onlyRight }) => onlyRight },
        { title: "changed", value: ({ changed }) => changed },
        { title: "such as", value: ({ keys }) => keys.slice(0, 3).map(keyText).join(", "), most: 60, shrinks: true },
      ]);
    }
    if (!comparison.equal)
      throw new CliError("projection_differs", `${comparison.right} is not as ${comparison.left}: ${rowsCompared(comparison)}`, {
        left: comparison.left,
        right: comparison.right,
      });
  },
});

const keyText = (key: Readonly<Record<string, unknown>>): string => Object.values(key).map(String).join("/");

/** What a comparison found, in a few words. */
export function rowsCompared({ tables, equal }: Comparison): string {
  const rows = tables.reduce((sum, { rightRows }) => sum + (rightRows ?? 0), 0);
  if (equal) return `${rows} rows, all equal`;
  const sum = (of: (table: Comparison["tables"][number]) => number): number => tables.reduce((all, table) => all + of(table), 0);
  const columns = tables.flatMap(({ otherColumns }) => otherColumns).length;
  const found = [
    [sum(({ changed }) => changed), "changed"],
    [sum(({ onlyLeft }) => onlyLeft), "only in the one"],
    [sum(({ onlyRight }) => onlyRight), "only in the other"],
  ] as const;
  const texts = found.flatMap(([count, what]) => (count === 0 ? [] : [`${count} rows ${what}`]));
  return [...texts, ...(columns === 0 ? [] : [`${columns} columns that only one has`])].join(", ");
}
