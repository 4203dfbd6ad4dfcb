import { describe, expect, test } from "vitest";
import { parseOptions, UsageError } from "./options.ts";

const names = ["fire", "flood"];
const clusterNames = { 1: ["storm"], 3: ["storm", "split"] };
const parse = (...args: string[]) => parseOptions(args, { log: names, cluster: clusterNames });

describe("options", () => {
  test("without any, five rounds of everything with a seed of its own", () => {
    const { seed, ...rest } = parse();
    expect(rest).toEqual({ help: false, cluster: false, natsServers: 1, rounds: 5, only: names, output: "table", directory: undefined });
    expect(Number.isInteger(seed)).toBe(true);
  });
  test("each can be given, also after the dashes of a package manager", () =>
    expect(parse("--", "--rounds", "50", "--seed=7", "--only", "flood,flood", "--output", "ndjson", "--directory", "d", "-h")).toEqual({
      help: true,
      cluster: false,
      natsServers: 1,
      rounds: 50,
      seed: 7,
      only: ["flood"],
      output: "ndjson",
      directory: "d",
    }));
  test("those of a cluster are others", () => {
    expect(parse("--cluster")).toMatchObject({ cluster: true, natsServers: 1, only: clusterNames[1] });
    expect(() => parse("--cluster", "--only", "fire")).toThrow(/there are storm/);
  });
  test("three NATS servers make more of them possible", () => {
    expect(parse("--cluster", "--nats-servers", "3")).toMatchObject({ natsServers: 3, only: clusterNames[3] });
    expect(() => parse("--cluster", "--only", "split")).toThrow(/with --cluster --nats-servers 3/);
  });
  test.for([
    ["--rounds", "0"],
    ["--rounds", "1.5"],
    ["--cluster", "--nats-servers=2"],
    ["--nats-servers", "3"],
    ["--seed", "-1"],
    ["--seed", ""],
    ["--only", "frost"],
    ["--only", ""],
    ["--output", "xml"],
    ["--more"],
  ])("what makes no sense is refused: %s %s", (args) => expect(() => parse(...args)).toThrow(UsageError));
});
