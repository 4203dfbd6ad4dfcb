import { parseInput, pathOf, Ref, sealInput, withStandIns, type CommandKind, type Domain, type Issue, type KeyStore } from "@aethyr/kernel";
import { limits } from "@aethyr/event-store";
import { refused, type CommandEnvelope, type Refused } from "@aethyr/protocol";
import type { Input, SealedInput } from "./pending.ts";
import { failedReply } from "../answering/replies.ts";
import { seal } from "./seal.ts";

export type Admission =
  | { readonly kind: "admitted"; readonly input: Input; readonly seal: (() => Promise<SealedInput>) | undefined }
  /** It can never have taken effect. */
  | { readonly kind: "refused"; readonly reply: Refused }
  /** No command of this domain as it is now. As it was once it may have been one, and taken effect: the record is asked first. */
  | { readonly kind: "refused_now"; readonly reply: Refused };

/**
 * Whether a command is one of the domain's, and its data as its schema wants them, secrets in the clear. Nothing is sealed yet: that makes
 * a key, which is for what exists only. Never throws.
 */
export function admit(domain: Domain, envelope: CommandEnvelope, keys: KeyStore, isKnown: (target: Ref) => boolean): Admission {
  const { id, target, type, data } = envelope;
  // The protocol has read whatever came over a bus; a caller in this process may have made anything up.
  if (!isCommandId(id)) {
    return { kind: "refused", reply: invalid(id, "invalid_id", `a command's id has 1–${limits.commandIdLength} characters`) };
  }
  const kind = domain.aggregates.get(target.type);
  if (kind === undefined) {
    const message = `there is no aggregate type ${target.type}; there are ${listed(domain.aggregates)}`;
    return { kind: "refused", reply: invalid(id, "unknown_aggregate_type", message) };
  }
  if (!isKnown(target) && !Ref.safeParse(target).success) {
    return { kind: "refused", reply: invalid(id, "invalid_target", "an aggregate's id has 1–128 characters of A–Z a–z 0–9 . _ -") };
  }
  const command = kind.commands.get(type);
  if (command === undefined) {
    const message = `${kind.type} has no command ${type}; it has ${listed(kind.commands)}`;
    return { kind: "refused_now", reply: invalid(id, "unknown_command", message) };
  }
  const checked = command.sealed.length === 0 ? { data } : withStandIns(command, data, `sealed:1:${pathOf(target)}:-`);
  if ("issues" in checked) return { kind: "refused_now", reply: unfit(envelope, checked.issues) };
  const parsed = parseInput(command, checked.data);
  if (!parsed.ok) return { kind: "refused_now", reply: unfit(envelope, parsed.issues) };
  return {
    kind: "admitted",
    input: { command, data: parsed.input },
    seal: command.sealed.length === 0 ? undefined : () => sealedInput(command, envelope, keys),
  };
}

async function sealedInput(command: CommandKind, envelope: CommandEnvelope, keys: KeyStore): Promise<SealedInput> {
  try {
    const sealed = await sealInput(command, envelope.data, (clear) => seal(keys, pathOf(envelope.target), clear));
    if ("issues" in sealed) return { refusal: unfit(envelope, sealed.issues) };
    const parsed = parseInput(command, sealed.data);
    return parsed.ok ? { input: { command, data: parsed.input } } : { refusal: unfit(envelope, parsed.issues) };
  } catch (error) {
    return { refusal: failedReply(envelope.id, error) };
  }
}

const isCommandId = (id: string): boolean => id.length > 0 && id.length <= limits.commandIdLength && id.isWellFormed();
const listed = (named: ReadonlyMap<string, unknown>): string => [...named.keys()].sort().join(", ");
const invalid = (id: string, reason: string, message: string): Refused => refused(id, "invalid", message, { reason });

function unfit({ id, type }: CommandEnvelope, issues: readonly Issue[]): Refused {
  const told = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  return refused(id, "invalid", `${type} is not valid: ${told}`, { reason: "invalid_input", issues });
}
