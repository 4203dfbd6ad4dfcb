import { InterruptedError } from "./errors.ts";
import { runCli } from "./run-cli.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    const interrupted = new InterruptedError(signal);
    // The second time it is meant: at once, whatever is under way.
    if (interruption.signal.aborted) process.exit(interrupted.exitCode);
    interruption.abort(interrupted);
  });
}
// A reader that went away shows as a failed write; without this it would end the process as an error of nobody.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  // A package script runs in the folder of the package, whoever started it from wherever.
  pathsFrom: process.env["INIT_CWD"] ?? process.cwd(),
  signal: interruption.signal,
});
