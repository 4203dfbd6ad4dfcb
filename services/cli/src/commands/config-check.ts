import { verb } from "../verb.ts";

export const configCheck = verb({
  name: "check",
  summary: "says whether the configuration can be used",
  details: "Names everything that is wrong: unknown keys, values that are not allowed, in the file and in the environment.",
  examples: [
    ["config check", "of ./aethyr.config.json and the environment"],
    ["config check --config other.json", "of another file"],
  ],
  async run(call) {
    const { file, warnings } = call.config();
    await call.print.one({ valid: true, file: file ?? null, warnings }, [
      ["configuration", "valid"],
      ["file", file ?? "(none: defaults and environment)"],
      ["warnings", warnings.length],
    ]);
  },
});
