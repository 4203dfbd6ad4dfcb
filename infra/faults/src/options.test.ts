import { describe, expect, test } from "vitest";
import { parseOptions, UsageError } from "./options.ts";

const names = ["fire", "flood"];
const clusterNames = ["storm"];
const parse = (...args: string[]) => parseOptions(args, { log: names, cluster: clusterNames });

describe("options", () => {
  test("without any, five rounds of everything with a seed of its own", () => {
    const { seed, ...rest } = parse();
    expect(rest).toEqual({ help: false, cluster: false, rounds: 5, only: names, output: "table", directory: undefined });
    expect(Number.isInteger(seed)).toBe(true);
  });
  test("each can be given, also after the dashes of a package manager", () =>
    expect(parse("--", "--rounds", "50", "--seed=7", "--only", "flood,flood", "--output", "ndjson", "--directory", "d", "-h")).toEqual({
      help: true,
      cluster: false,
      rounds: 50,
      seed: 7,
      only: ["flood"],
      output: "ndjson",
      directory: "d",
    }));
  test("those of a cluster are others", () => {
    expect(parse("--cluster")).toMatchObject({ cluster: true, only: clusterNames });
    expect(() => parse("--cluster", "--only", "fire")).toThrow(/there are storm/);
  });
  test.for([
    ["--rounds", "0"],
    ["--rounds", "1.5"],
    ["--seed", "-1"],
    ["--seed", ""],
    ["--only", "frost"],
    ["--only", ""],
    ["--output", "xml"],
    ["--more"],
  ])("what makes no sense is refused: %s %s", (args) => expect(() => parse(...args)).toThrow(UsageError));
});
