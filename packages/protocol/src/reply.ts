import { type Json, Ref } from "@aethyr/kernel";
import { z } from "zod";
import { decode, encode } from "./codec.ts";
import type { ContentType, Payload } from "./content-type.ts";
import { InvalidMessageError, type Issue, MalformedMessageError, TooLargeError } from "./errors.ts";
import { issuesOf } from "./issues.ts";
import { protocolVersion } from "./version.ts";

/** Every code that a reply can carry: a closed list, documented in `docs/protocol`. */
export const replyCodes = [
  "accepted",
  "rejected",
  "invalid",
  "not_found",
  "conflict",
  "busy",
  "unavailable",
  "outcome_unknown",
  "unauthorised",
  "too_large",
  "internal",
] as const;
export type ReplyCode = (typeof replyCodes)[number];

/** Codes after which the same command may be sent again, under the same id, with a chance of another answer. */
export const retryable: ReadonlySet<ReplyCode> = new Set<ReplyCode>(["conflict", "busy", "unavailable", "outcome_unknown"]);

const common = { v: z.literal(protocolVersion, `this client speaks protocol version ${protocolVersion}`), command: z.string() };

/**
 * That the command changed nothing is recorded in the log: no copy of it, wherever it still is, takes effect any more, and each gets this answer.
 * Absent where something was changed, which is recorded in any case, and where no copy was thought to be on its way.
 */
const final = z.literal(true).optional();

/** The command took effect, durably. A repeat under the same id gets this same reply, for ever, unless it is provisional. */
export const Accepted = z.object({
  ...common,
  code: z.literal("accepted"),
  /** What it changed: streams, each with its version after the command. Empty: nothing was left to do. */
  changed: z.array(z.object({ stream: Ref, version: z.int().positive() })),
  /** Position of the command's last event in the log; 0 if it changed nothing, or is provisional. */
  position: z.int().nonnegative(),
  /**
   * The log is away: what the command did is kept beside it, and is in the log once that is back, unless somebody else was faster there. A
   * repeat tells how it came out.
   */
  provisional: z.literal(true).optional(),
  final,
});

/** The command changed nothing, or (`outcome_unknown`) it cannot be said yet whether it did. */
export const Refused = z.object({
  ...common,
  code: z.enum(replyCodes).exclude(["accepted"]),
  /** For `rejected`: the rule's own word, such as `exit_taken`. */
  reason: z.string().optional(),
  /** For people: what is wrong and what to do. */
  message: z.string(),
  /** For `invalid`: what is wrong where. */
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** For `rejected`: what the rule tells besides, for programs: a direction, a slot, an item's id. */
  details: z.record(z.string(), z.json()).optional(),
  final,
});

export const Reply = z.discriminatedUnion("code", [Accepted, Refused]);
export type Accepted = z.infer<typeof Accepted>;
export type Refused = z.infer<typeof Refused>;
export type Reply = Accepted | Refused;

export function accepted(
  command: string,
  changed: readonly Accepted["changed"][number][],
  position: number,
  provisional = false,
): Accepted {
  return { v: protocolVersion, command, code: "accepted", changed: [...changed], position, ...(provisional && { provisional }) };
}

export function refused(
  command: string,
  code: Refused["code"],
  message: string,
  more: { readonly reason?: string; readonly issues?: readonly Issue[]; readonly details?: Readonly<Record<string, Json>> } = {},
): Refused {
  return {
    v: protocolVersion,
    command,
    code,
    message,
    ...(more.reason === undefined ? {} : { reason: more.reason }),
    ...(more.issues === undefined ? {} : { issues: more.issues.map((issue) => ({ ...issue })) }),
    ...(more.details === undefined ? {} : { details: more.details as Record<string, z.core.util.JSONType> }),
  };
}

/**
 * Whether a copy of the command that is still on its way may come to something else: it depends on how things are, and on nothing that is recorded. Who
 * has sent the command more than once asks again then.
 */
export function isPassing(reply: Reply): boolean {
  if (reply.final) return false;
  if (reply.code === "accepted") return reply.position === 0 && !reply.provisional;
  return reply.code === "rejected" || reply.code === "not_found";
}

/**
 * The reply to a message that could not be read: `too_large` or `invalid`, for the id that the message itself carries, else for the
 * transport's, else for the empty string. Undefined for an error that does not come from reading a message.
 */
export function refusalOf(error: unknown, transportId = ""): Refused | undefined {
  if (error instanceof TooLargeError) return refused(transportId, "too_large", error.message);
  if (error instanceof MalformedMessageError)
    return refused(transportId, "invalid", error.message, { issues: [{ path: "", message: error.message }] });
  if (error instanceof InvalidMessageError)
    return refused(error.command ?? transportId, "invalid", error.message, { issues: error.issues });
  return undefined;
}

export function encodeReply(reply: Reply, contentType: ContentType): Payload {
  return { bytes: encode(reply.code === "accepted" ? wireAccepted(reply) : withoutAbsent(reply), contentType), contentType };
}

/** Reads a reply. Throws `MalformedMessageError` or `InvalidMessageError`; the latter also for a code that this version does not know. */
export function decodeReply(payload: Payload): Reply {
  const value = decode(payload.bytes, payload.contentType);
  const parsed = Reply.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidMessageError("reply", issuesOf(parsed.error), commandIn(value));
}

function wireAccepted({ provisional, final, ...rest }: Accepted): Json {
  return { ...rest, ...(provisional === undefined ? {} : { provisional }), ...(final === undefined ? {} : { final }) };
}

function withoutAbsent({ reason, issues, details, final, ...rest }: Refused): Json {
  return {
    ...rest,
    ...(reason === undefined ? {} : { reason }),
    ...(issues === undefined ? {} : { issues }),
    ...(details === undefined ? {} : { details }),
    ...(final === undefined ? {} : { final }),
  };
}

function commandIn(value: Json): string | undefined {
  if (typeof value !== "object" || value === null || !("command" in value)) return undefined;
  return typeof value.command === "string" ? value.command : undefined;
}
