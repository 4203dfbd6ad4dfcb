import type { ReadModelOperations } from "@aethyr/operator";
import { CliError } from "../errors.ts";
import type { Call } from "../verb.ts";
import { withWorld } from "./with-world.ts";

/** Uses the read models of a running world: in a stopped one nobody would do what is asked for. */
export async function withWorkingReadModels<T>(call: Call, use: (readModels: ReadModelOperations) => Promise<T>): Promise<T> {
  return withWorld(call, async ({ operations, isRunning }) => {
    if (!isRunning)
      throw new CliError("not_running", `the world is stopped, and nobody works on its read models: start it with "npx -y pnpm start"`);
    return use(operations.readModels);
  });
}
