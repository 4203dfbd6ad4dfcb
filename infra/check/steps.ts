/** One tool that looks at the whole repository. */
export interface Step {
  readonly name: string;
  /** What it holds, for `--help`. */
  readonly holds: string;
  /** A program of `node_modules/.bin` and its arguments. */
  readonly command: readonly [program: string, ...args: readonly string[]];
  /** What to do when it fails, where the program's own advice does not work here. */
  readonly advice?: string;
}

/** All steps, the quick ones first. */
export const steps: readonly Step[] = [
  { name: "types", holds: "the compiler's strict rules", command: ["tsc", "-p", "tsconfig.json", "--pretty", "false"] },
  { name: "lint", holds: "promises, exhaustiveness, purity, import cycles", command: ["oxlint", "--type-aware"] },
  {
    name: "format",
    holds: "the formatter's opinion; `pnpm run format` applies it",
    command: ["oxfmt", "--check"],
    advice: "npx -y pnpm run format",
  },
  { name: "unused", holds: "no unused file, export or dependency", command: ["knip", "--no-progress"] },
  {
    name: "architecture",
    holds: "the arrows between packages",
    command: ["vitest", "run", "--project", "unit", "infra/architecture"],
  },
];
