import type { Json } from "@aethyr/kernel";
import { decode, encode, parseCommand, refusalOf, type CommandEnvelope, type Refused, MalformedMessageError } from "@aethyr/protocol";
import { InvalidQuestionError } from "../errors.ts";
import { commandsAtOnce } from "../send-commands.ts";
import { contentTypes } from "./route.ts";

/** More commands than one request may carry. Nothing was done: send them in several requests. */
class TooManyCommandsError extends InvalidQuestionError {
  readonly status = 413;
  constructor(actual: number) {
    super(`${actual} commands are more than the ${commandsAtOnce} of one request: send them in several`, { limit: commandsAtOnce, actual });
  }
}

/** A command, or the reply to what is none. */
export type Read = { readonly command: CommandEnvelope } | { readonly refused: Refused };

/** Commands of a request's body, in their order: a JSON array, or NDJSON. Throws where the body as a whole makes no sense. */
export function readCommands(body: unknown, contentType: string): readonly Read[] {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const isLines = contentType.split(";", 1)[0]?.trim().toLowerCase() === contentTypes.ndjson;
  const messages = isLines ? linesOf(bytes) : itemsOf(bytes);
  if (messages.length > commandsAtOnce) throw new TooManyCommandsError(messages.length);
  return messages.map(read);
}

function read(bytes: Uint8Array): Read {
  try {
    return { command: parseCommand({ bytes, contentType: "application/json" }) };
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === undefined) throw error;
    return { refused };
  }
}

function itemsOf(bytes: Buffer): readonly Uint8Array[] {
  const value = parsed(bytes);
  if (!Array.isArray(value)) throw new InvalidQuestionError("the body must be a JSON array of commands, or NDJSON with one command a line");
  if (value.length > commandsAtOnce) throw new TooManyCommandsError(value.length);
  return (value as readonly Json[]).map((item) => encode(item, "application/json"));
}

function parsed(bytes: Buffer): Json {
  try {
    return decode(bytes, "application/json");
  } catch (error) {
    if (error instanceof MalformedMessageError) throw new InvalidQuestionError(`the body cannot be read: ${error.message}`);
    throw error;
  }
}

function linesOf(bytes: Buffer): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0x0a, from);
    const line = bytes.subarray(from, end < 0 ? bytes.length : end);
    if (lines.length > commandsAtOnce) throw new TooManyCommandsError(lines.length);
    if (line.some((byte) => byte !== 0x20 && byte !== 0x0d && byte !== 0x09)) lines.push(line);
    from = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}
