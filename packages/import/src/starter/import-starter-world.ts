import { AethyrError } from "@aethyr/kernel";
import type { Send } from "../run/send-batch.ts";
import { runImport } from "../run/run-import.ts";
import { starterWorld } from "./starter-world.ts";

/** The starter world could not be made to its end; the next start goes on with it. */
class StarterWorldError extends AethyrError {
  constructor(problem: string, problems: number) {
    super(
      "starter_world",
      `the starter world is not complete (${problems} problems, the first: ${problem}): start again to go on with it, or without it with AETHYR_STARTER_WORLD=false on an empty folder`,
      { problem, problems },
    );
  }
}

/** Makes the starter world that this project brings. Safe to run again. Rejects with `starter_world`. */
export async function importStarterWorld(send: Send): Promise<void> {
  const { ended, problems, moreProblems } = await runImport({ phases: starterWorld(), send, head: 0 });
  // What somebody changed since an earlier, broken off run is theirs.
  const missing = problems.filter(({ kind }) => kind !== "changed");
  if (ended !== "complete" || missing.length > 0)
    throw new StarterWorldError(missing[0]?.message ?? `the import ${ended}`, missing.length + moreProblems);
}
