import { AethyrError } from "@aethyr/kernel";
import { CliError } from "../errors.ts";
import { numberArgument } from "../arguments.ts";
import { verb, type Call } from "../verb.ts";
import { noSuchLetter } from "../world/not-found.ts";
import { withWorld } from "../world/with-world.ts";

export const deadLetterRetry = verb({
  name: "retry",
  summary: "sends commands that were put aside again, under their own ids",
  details:
    "Does something once what they failed on is mended; else they are put aside anew. They come after whatever their sender has sent since. Fails if any of them could not be sent; the others are.",
  examples: [
    ["deadletter retry 12", "one of them"],
    ["deadletter retry 12 13 14 --output json", "several, in this order, for a script"],
  ],
  define: (command) => command.argument("<number...>", "as `deadletter list` tells it"),
  run: async (call) => doEach(call, "sent again", (letters, number) => letters.retry(number)),
});

type Letters = Parameters<Parameters<typeof withWorld>[1]>[0]["operations"]["deadLetters"];
type Done = { readonly number: number; readonly done: boolean; readonly why?: string };

/** One after the other; what fails of one is told, and does not stop the others. */
export async function doEach(call: Call, what: string, work: (letters: Letters, number: number) => Promise<boolean>): Promise<void> {
  const numbers = call.args.map((text) => numberArgument(text));
  const done = await withWorld(call, async ({ operations }) => {
    const all: Done[] = [];
    for (const number of numbers) {
      call.io.signal.throwIfAborted();
      all.push(await outcomeOf(number, work(operations.deadLetters, number)));
    }
    return all;
  });
  await call.print.list(done, [
    { title: "number", value: ({ number }) => number },
    { title: what, value: (each) => (each.done ? "yes" : "no") },
    { title: "why not", value: ({ why }) => why },
  ]);
  const failed = done.filter((each) => !each.done);
  if (failed.length > 0)
    throw new CliError("letters_left", `${failed.length} of ${done.length} were not ${what}`, {
      numbers: failed.map(({ number }) => number),
    });
}

async function outcomeOf(number: number, work: Promise<boolean>): Promise<Done> {
  try {
    return (await work) ? { number, done: true } : { number, done: false, why: noSuchLetter(number).message };
  } catch (error) {
    // Of the letter itself; what is wrong with the world ends the call.
    if (error instanceof AethyrError && ["not_retryable", "busy"].includes(error.code)) return { number, done: false, why: error.message };
    throw error;
  }
}
