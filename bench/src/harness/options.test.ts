import { describe, expect, test } from "vitest";
import { parseOptions, UsageError } from "./options.ts";

const names = ["fast", "slow"];
const parse = (...args: string[]) => parseOptions(args, names);

describe("options", () => {
  test("without any, everything is measured and shown as a table", () =>
    expect(parse()).toEqual({
      help: false,
      only: names,
      seconds: 5,
      rounds: 3,
      output: "table",
      directory: undefined,
      strace: false,
      cpuProfiles: undefined,
    }));
  test("each can be given", () =>
    expect(
      parse(
        "--only",
        "slow",
        "--seconds",
        "0.5",
        "--rounds=7",
        "--output",
        "json",
        "--directory",
        "d",
        "--strace",
        "--cpu-prof",
        "p",
        "-h",
      ),
    ).toEqual({
      help: true,
      only: ["slow"],
      seconds: 0.5,
      rounds: 7,
      output: "json",
      directory: "d",
      strace: true,
      cpuProfiles: "p",
    }));
  test("a benchmark that is none is named, with those that there are", () => {
    expect(() => parse("--only", "fast,quick")).toThrow("there is no benchmark quick; there are fast, slow");
    expect(() => parse("--only", ",")).toThrow(UsageError);
  });
  test.each([
    [["--seconds", "0"]],
    [["--seconds", ""]],
    [["--seconds", "soon"]],
    [["--rounds", "1.5"]],
    [["--rounds", "0"]],
    [["--output", "xml"]],
    [["--fast"]],
    [["fast"]],
  ])("%j is refused", (args) => expect(() => parse(...args)).toThrow(UsageError));
});
