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
      short: false,
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
      short: false,
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
  test("a short run is short unless told how long it is", () => {
    expect(parse("--short")).toMatchObject({ short: true, seconds: 0.5, rounds: 1 });
    expect(parse("--short", "--seconds", "2")).toMatchObject({ short: true, seconds: 2, rounds: 1 });
  });
  test("the word before a dash stands for all names that begin with it, and a name for itself", () => {
    const all = ["cpu", "cpu-feed", "immudb-1", "immudb-64"];
    const only = (text: string) => parseOptions(["--only", text], all).only;
    expect(only("immudb")).toEqual(["immudb-1", "immudb-64"]);
    expect(only("cpu,immudb,immudb-1")).toEqual(["cpu", "immudb-1", "immudb-64"]);
    expect(() => only("immu")).toThrow(UsageError);
  });
});
