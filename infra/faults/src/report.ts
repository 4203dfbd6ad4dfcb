/** How one round of a fault ended. */
export type RoundResult = {
  readonly fault: string;
  /** From 1. */
  readonly round: number;
  readonly seed: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly skipped?: string;
  /** What did not hold, or what went wrong; absent where all was well. */
  readonly failure?: string;
};

export type Summary = {
  readonly fault: string;
  readonly rounds: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Over all rounds: sums, and for what is called longest the largest. */
  readonly counts: Readonly<Record<string, number>>;
};

/** One line for each fault, in the order of their first rounds. */
export function summariesOf(results: readonly RoundResult[]): readonly Summary[] {
  return [...Map.groupBy(results, ({ fault }) => fault)].map(([fault, rounds]) => ({
    fault,
    rounds: rounds.length,
    failed: rounds.filter(({ failure }) => failure !== undefined).length,
    skipped: rounds.filter(({ skipped }) => skipped !== undefined).length,
    seconds: rounds.reduce((sum, { seconds }) => sum + seconds, 0),
    counts: countsOf(rounds),
  }));
}

function countsOf(rounds: readonly RoundResult[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const { counts } of rounds)
    for (const [name, value] of Object.entries(counts))
      all[name] = name.startsWith("longest") ? Math.max(all[name] ?? 0, value) : (all[name] ?? 0) + value;
  return all;
}

/** The summaries as people read them, and below them whatever failed or could not be had. */
export function asTable(results: readonly RoundResult[]): string {
  const rows = summariesOf(results).map(({ fault, rounds, failed, skipped, seconds, counts }) => [
    fault,
    String(rounds),
    failed > 0 ? `${failed} BROKEN` : skipped === rounds ? "NOT TESTED" : skipped > 0 ? `yes, ${skipped} not tested` : "yes",
    seconds.toFixed(1),
    Object.entries(counts)
      .map(([name, value]) => `${value.toLocaleString("en")} ${name}`)
      .join(", "),
  ]);
  const head = ["fault", "rounds", "held", "seconds", "seen"];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const troubles = results.flatMap(({ fault, round, failure, skipped }) => [
    ...(failure === undefined ? [] : ["", `${fault}, round ${round}: ${failure}`]),
    ...(skipped === undefined ? [] : ["", `${fault}, round ${round}, NOT TESTED: ${skipped}`]),
  ]);
  return [
    line(head),
    line(
      widths
        .slice(0, -1)
        .map((width) => "-".repeat(width))
        .concat("----"),
    ),
    ...rows.map(line),
    ...troubles,
  ].join("\n");
}
