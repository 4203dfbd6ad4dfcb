import { z } from "zod";
import { DeadLetterNote, DeadLetterWhole } from "../dead-letters/dead-letter.ts";
import { mostLetters, usualLetters, type DeadLetterOperations } from "../dead-letters/dead-letter-operations.ts";
import { NotFoundError } from "../errors.ts";
import { orNone, type Asking } from "./asking.ts";
import type { OnRoute } from "./on-route.ts";
import { define, failure, none, value } from "./route.ts";
import { done, DoneAnswer, whole } from "./schemas.ts";

const LetterPath = z.strictObject({ number: whole(1) });
const unknown = failure("There is no dead letter of that number, or no longer");

/** The routes of dead letters. */
export const deadLetterRoutes = {
  deadLetters: define({
    id: "deadLetters",
    method: "GET",
    path: "/v1/dead-letters",
    summary: "Commands that no host could deal with, the newest first",
    params: none,
    query: z.strictObject({ limit: whole(1, mostLetters).optional().describe(`As many at most; ${usualLetters} without it`) }),
    answers: { 200: value("Them, without what is in them", z.array(DeadLetterNote)) },
  }),
  deadLetter: define({
    id: "deadLetter",
    method: "GET",
    path: "/v1/dead-letters/{number}",
    summary: "One of them, with what is in it; its secrets are hidden",
    params: LetterPath,
    query: none,
    answers: { 200: value("The letter", DeadLetterWhole), 404: unknown },
  }),
  retryDeadLetter: define({
    id: "retryDeadLetter",
    method: "POST",
    path: "/v1/dead-letters/{number}/retry",
    summary: "Sends the command again on the queue lane, under its own id, and removes the letter",
    params: LetterPath,
    query: none,
    answers: { 200: value("It was sent", DoneAnswer), 404: unknown, 409: failure("It is no whole command, and stays") },
  }),
  dropDeadLetter: define({
    id: "dropDeadLetter",
    method: "POST",
    path: "/v1/dead-letters/{number}/drop",
    summary: "Removes it for good",
    params: LetterPath,
    query: none,
    answers: { 200: value("It is gone", DoneAnswer), 404: unknown },
  }),
} as const;

/** Serves them. */
export function serveDeadLetters(on: OnRoute, letters: DeadLetterOperations): void {
  on(deadLetterRoutes.deadLetters, async ({ query: { limit } }) => letters.list(limit));
  on(deadLetterRoutes.deadLetter, async ({ params: { number } }) => (await letters.show(number)) ?? missing(number));
  on(deadLetterRoutes.retryDeadLetter, async ({ params: { number } }) => ((await letters.retry(number)) ? done : missing(number)));
  on(deadLetterRoutes.dropDeadLetter, async ({ params: { number } }) => ((await letters.drop(number)) ? done : missing(number)));
}

function missing(number: number): never {
  throw new NotFoundError(`there is no dead letter ${number}, or no longer`);
}

/** Asks them. */
export function connectDeadLetters({ get, post, query }: Pick<Asking, "get" | "post" | "query">): DeadLetterOperations {
  const did = async (number: number, what: "retry" | "drop"): Promise<boolean> =>
    (await orNone(post(`/v1/dead-letters/${number}/${what}`, DoneAnswer))) !== undefined;
  return {
    list: async (limit) => get(`/v1/dead-letters${query({ limit })}`, z.array(DeadLetterNote)),
    show: async (number) => orNone(get(`/v1/dead-letters/${number}`, DeadLetterWhole)),
    retry: async (number) => did(number, "retry"),
    drop: async (number) => did(number, "drop"),
  };
}
