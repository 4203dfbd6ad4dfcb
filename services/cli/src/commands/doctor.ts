import { CliError } from "../errors.ts";
import { verb } from "../verb.ts";
import { dataFolderCheck, diskCheck, tokenCheck } from "../doctor/folder-checks.ts";
import { nodeCheck, serverCheck } from "../doctor/machine-checks.ts";
import { probeChecks } from "../doctor/store-checks.ts";
import { processCheck, storeChecks } from "../doctor/world-checks.ts";
import { examined, ok, warn, type Check } from "../doctor/check.ts";

export const doctor = verb({
  name: "doctor",
  summary: "looks whether everything is as it should be, and says what to do where it is not",
  details:
    "Changes nothing but a probe beside the log, which it reads back. Reads the log once, of a stopped world too, which nobody can start meanwhile. Fails if a check fails; warnings alone do not make it fail.",
  examples: [
    ["doctor", "every check, one a line"],
    ["doctor --output json", "the same for a script"],
  ],
  async run(call) {
    const checks: Check[] = [nodeCheck(process.versions.node)];
    const configuration = await examined("configuration", () => {
      const { file, warnings } = call.config();
      return warnings.length > 0
        ? warn("configuration", file ?? "environment", warnings.join("; "))
        : ok("configuration", file ?? "defaults");
    });
    checks.push(configuration);
    if (configuration.status !== "fail") {
      const { config } = call.config();
      checks.push(
        await dataFolderCheck(config.data),
        await tokenCheck(config),
        await diskCheck(config.data),
        await processCheck(call),
        ...(await probeChecks(config)),
        ...(await storeChecks(call)),
      );
    }
    checks.push(await serverCheck("nats", call.io.env), await serverCheck("immudb", call.io.env));
    await call.print.list(checks, [
      { title: "check", value: ({ check }) => check },
      { title: "status", value: ({ status }) => status },
      { title: "found", value: ({ found }) => found },
      { title: "what to do", value: ({ advice }) => advice ?? "" },
    ]);
    const failed = checks.filter(({ status }) => status === "fail");
    if (failed.length > 0)
      throw new CliError(
        "checks_failed",
        `failed: ${failed.map(({ check }) => check).join(", ")}; do what the list says, then run doctor again`,
      );
  },
});
