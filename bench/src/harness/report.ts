import type { Aim, Figure } from "./figure.ts";

/** The figures as people read them: one table, then what each floor does and what else is to be known. */
export function asTable(figures: readonly Figure[]): string {
  const head = ["benchmark", "figure", "floor", "ratio", "aim", "met", "rounds", "others' CPU"];
  const rows = figures.map((figure) => [
    figure.name,
    `${shown(figure.value)} ${figure.unit}`,
    shown(figure.floor),
    figure.ratio.toFixed(2),
    figure.aim === null ? "-" : aimText(figure.aim),
    figure.met === null ? "-" : figure.met ? "yes" : "no",
    figure.rounds.map(shown).join(" "),
    `${Math.round(figure.others * 100)} %`,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const table = [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
  const notes = figures.flatMap(({ name, floorDoes, notes }) => ["", name, `  floor: ${floorDoes}`, ...notes.map((note) => `  ${note}`)]);
  return [...table, ...notes].join("\n");
}

function aimText(aim: Aim): string {
  if ("atLeast" in aim) return `>= ${shown(aim.atLeast)}`;
  if ("atMost" in aim) return `<= ${shown(aim.atMost)}`;
  return "ratioAtLeast" in aim ? `ratio >= ${shown(aim.ratioAtLeast)}` : `ratio <= ${shown(aim.ratioAtMost)}`;
}

/** Three digits that matter, and thousands in groups. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  return String(Number(value.toPrecision(3)));
}
