import { Ref } from "@aethyr/kernel";
import { z } from "zod";

/** What one host is asked about itself, over NATS. Hosts answer for what they have in memory; all else is in the log. */
export const Question = z.discriminatedUnion("ask", [
  z.strictObject({ ask: z.literal("actors"), after: z.string().max(200) }),
  z.strictObject({ ask: z.literal("passivate"), ref: Ref }),
  z.strictObject({ ask: z.literal("state"), ref: Ref }),
  z.strictObject({ ask: z.literal("reload"), refs: z.array(Ref).max(1_000) }),
  z.strictObject({ ask: z.literal("drain") }),
]);
export type Question = Readonly<z.infer<typeof Question>>;

/** Either what was asked for, or why not. */
export const Answer = z.union([
  z.object({ ok: z.literal(true), value: z.json() }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string() }),
]);

/** Actors of one answer: a message has its limit. */
export const actorsPerAnswer = 2_000;

/** Where a host of a world is asked. World and host are single tokens. */
export const controlSubject = (world: string, host: string): string => `ctl.${world}.${host}`;
