import type { CommandKind } from "./domain.ts";
import type { Sealed } from "./sealed.ts";

/** Issues that are told of one input; the first ones, so that a refusal is never larger than what it refuses. */
const toldIssues = 20;

export type Issue = { readonly path: string; readonly message: string };
export type Parsed = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly issues: readonly Issue[] };

/** A command's data against its schema. Fields to be sealed must be sealed already, see `sealInput`. */
export function parseInput(command: CommandKind, data: unknown): Parsed {
  const parsed = command.input.safeParse(data);
  if (parsed.success) return { ok: true, input: parsed.data };
  return { ok: false, issues: parsed.error.issues.slice(0, toldIssues).map(({ path, message }) => ({ path: path.join("."), message })) };
}

/**
 * Replaces the clear values of a command's sealed fields, each checked against its schema first; a field that is absent is left to the
 * schema. Issues, and no sealed value, where one does not fit.
 */
export async function sealInput(
  command: CommandKind,
  data: unknown,
  seal: (clear: string) => Promise<Sealed>,
): Promise<{ readonly data: unknown } | { readonly issues: readonly Issue[] }> {
  const { values, secrets, issues } = secretsOf(command, data);
  if (issues.length > 0) return { issues };
  if (secrets.length === 0) return { data };
  const sealed: Record<string, unknown> = { ...values };
  for (const [field, clear] of secrets) sealed[field] = await seal(clear);
  return { data: sealed };
}

/** The same with one text of the sealed form in the place of each secret: tells at once whether the input fits, and makes no key. */
export function withStandIns(
  command: CommandKind,
  data: unknown,
  standIn: string,
): { readonly data: unknown } | { readonly issues: readonly Issue[] } {
  const { values, secrets, issues } = secretsOf(command, data);
  if (issues.length > 0) return { issues };
  return { data: secrets.length === 0 ? data : { ...values, ...Object.fromEntries(secrets.map(([field]) => [field, standIn])) } };
}

type Secrets = {
  readonly values: Readonly<Record<string, unknown>>;
  readonly secrets: readonly (readonly [field: string, clear: string])[];
  readonly issues: readonly Issue[];
};

function secretsOf(command: CommandKind, data: unknown): Secrets {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return { values: {}, secrets: [], issues: [] };
  const values = data as Readonly<Record<string, unknown>>;
  const present = command.sealed.filter(({ field }) => values[field] !== undefined);
  const issues = present.flatMap(({ field, clear }) => {
    const parsed = clear.safeParse(values[field]);
    // The message of the schema, never the value: it is a secret.
    return parsed.success ? [] : parsed.error.issues.map(({ message }) => ({ path: field, message }));
  });
  return { values, secrets: present.map(({ field }) => [field, values[field] as string]), issues };
}
