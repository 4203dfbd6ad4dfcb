import { asJson, type Json, pathOf, Ref } from "@aethyr/kernel";
import { z } from "zod";
import { decode, defaultMaxCommandBytes, encode } from "./codec.ts";
import type { ContentType, Payload } from "./content-type.ts";
import { InvalidMessageError, type Issue, TooLargeError } from "./errors.ts";
import { issuesOf } from "./issues.ts";
import { protocolVersion } from "./version.ts";

/** A command's id: UUIDv7 at best. */
export const CommandId = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._:-]{0,127}$/, "1–128 characters of A–Z a–z 0–9 . _ : -, not starting with a dot");

const Data = z.custom<Json>(isJson, "a JSON value is required");

/** A command as it travels. The sender makes the id (UUIDv7 at best) and repeats a command under the same id. */
export const CommandEnvelope = z.object({
  v: z.literal(protocolVersion, `this host speaks protocol version ${protocolVersion}`),
  id: CommandId,
  /** Imperative, such as `AddRoomExit`. */
  type: z.string().min(1).max(64),
  /** The aggregate that the command is for. */
  target: Ref,
  /** The command's own fields; checked against its schema by the host. */
  data: Data,
  /** Who: a player, an operator, a service. */
  actor: z.string().min(1).max(256).nullish(),
  /** Which story: shared by everything that one cause set off; the command's id where absent. */
  correlation: CommandId.nullish(),
  /** Why: the id of the event or command that made the sender send this. */
  causation: z.string().min(1).max(256).nullish(),
});
export type CommandEnvelope = z.infer<typeof CommandEnvelope>;

/** The same for what `decode` has read, which is JSON in all its parts. */
const DecodedEnvelope = CommandEnvelope.extend({ data: z.custom<Json>((value) => value !== undefined, "a JSON value is required") });

/** What a transport knows of a command without reading it. Where given, the command itself must say the same. */
export type Addressed = Payload & { readonly id?: string; readonly target?: Ref };

/**
 * Reads a command. Throws `TooLargeError` past `maxBytes` (default 64 KiB), `MalformedMessageError` for bytes that are no message, and
 * `InvalidMessageError` for a message that is no command or is meant for somebody else than the transport brought it to. `refusalOf` makes
 * the reply of any of them.
 */
export function parseCommand(message: Addressed, options: { readonly maxBytes?: number } = {}): CommandEnvelope {
  const value = decode(message.bytes, message.contentType, options.maxBytes ?? defaultMaxCommandBytes);
  const parsed = DecodedEnvelope.safeParse(value);
  if (!parsed.success) throw new InvalidMessageError("command", issuesOf(parsed.error), readableId(value));
  const astray = misaddressed(parsed.data, message);
  if (astray !== undefined) throw new InvalidMessageError("command for this address", [astray], parsed.data.id);
  return parsed.data;
}

/** Writes a command. Throws `TooLargeError` past `maxBytes` (default 64 KiB), before anything is sent. */
export function encodeCommand(command: CommandEnvelope, contentType: ContentType, options: { readonly maxBytes?: number } = {}): Payload {
  const bytes = encode(withoutAbsent(command), contentType);
  const maxBytes = options.maxBytes ?? defaultMaxCommandBytes;
  if (bytes.length > maxBytes) throw new TooLargeError(maxBytes, bytes.length);
  return { bytes, contentType };
}

function misaddressed(command: CommandEnvelope, message: Addressed): Issue | undefined {
  if (message.id !== undefined && message.id !== command.id) return { path: "id", message: `the message came under the id ${message.id}` };
  const { target } = message;
  if (target !== undefined && (target.type !== command.target.type || target.id !== command.target.id)) {
    return { path: "target", message: `the message came to ${pathOf(target)}` };
  }
  return undefined;
}

/** A field that is absent and one that is undefined are the same to a caller, but only the first can travel. */
function withoutAbsent({ actor, correlation, causation, ...rest }: CommandEnvelope): Json {
  return {
    ...rest,
    ...(actor === undefined ? {} : { actor }),
    ...(correlation === undefined ? {} : { correlation }),
    ...(causation === undefined ? {} : { causation }),
  };
}

function readableId(value: Json): string | undefined {
  if (typeof value !== "object" || value === null || !("id" in value)) return undefined;
  return CommandId.safeParse(value.id).data;
}

function isJson(value: unknown): boolean {
  try {
    asJson(value);
    return true;
  } catch {
    return false;
  }
}
