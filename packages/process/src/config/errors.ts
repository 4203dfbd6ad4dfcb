import { AethyrError } from "@aethyr/kernel";

/** The configuration cannot be used; each problem names the key, where it was given and what is allowed. Nothing was started. */
export class ConfigError extends AethyrError {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super("invalid_config", `the configuration cannot be used: ${problems.join("; ")}`, { problems });
    this.problems = problems;
  }
}
