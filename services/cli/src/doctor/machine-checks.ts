import { locateServer, serverReleases, type Environment, type ServerName } from "@aethyr/servers";
import { examined, fail, ok, warn, type Check } from "./check.ts";

const leastNode = 24;

export function nodeCheck(version: string): Check {
  const major = Number.parseInt(version, 10);
  return major >= leastNode
    ? ok("node", version)
    : fail("node", version, `Node ${leastNode} or later is needed: run "npx -y pnpm install", and start with "npx -y pnpm aethyr"`);
}

/** The embedded profile does without servers: a missing one is worth a word, no more. */
export const serverCheck = async (name: ServerName, env: Environment): Promise<Check> =>
  examined(name, async () => {
    const located = await locateServer(name, env);
    if (located !== undefined) return ok(name, located.path);
    return warn(
      name,
      "not installed",
      `only needed beside the embedded profile: "npx -y pnpm aethyr servers install ${name}", or ${serverReleases[name].binaryVariable}`,
    );
  });
