import { z } from "zod";
import { sameBytes } from "./bytes.ts";
import { digested } from "./entry.ts";
import { verifyEntryInclusion } from "./entry-inclusion.ts";
import { parseEventKey } from "./event-key.ts";
import { dualProofOf, EvidenceBundle, type Evidence, type EvidencePart } from "./evidence.ts";
import { alhOf, headerFault } from "./header.ts";
import type { ChainPoint } from "./linear-proof.ts";
import type { LogState } from "./provable-log.ts";
import { verifyStateSignature } from "./signed-state.ts";
import { allHold, holds, refuse, type Refusal, type Verdict } from "./verdict.ts";
import { verifyDualProof } from "./verify-dual-proof.ts";

export type CheckEvidenceOptions = {
  /** A point of the log that the reader trusts, such as a checkpoint. The bundle must be tied to it. */
  readonly trusted?: ChainPoint & { readonly database?: string };
  /** PEM of the public key that signs states: the bundle's state must be signed by it. */
  readonly pinnedKey?: string;
};

/** What does not hold in a bundle, and of which version of the aggregate, if it is about one. */
export type EvidenceRefusal = Refusal & { readonly event?: number };

export type CheckedEvidence = {
  readonly ok: true;
  readonly aggregate: string;
  readonly state: LogState;
  /** By version, from 1 without a gap. `value` is the stored record: canonical JSON that white space may follow. */
  readonly events: readonly { readonly version: number; readonly tx: number; readonly index: number; readonly value: Uint8Array }[];
  /** What was trusted. Without either, the bundle only agrees with itself, which anybody can bring about. */
  readonly trust: {
    readonly signature: boolean;
    /** The point that was given, and how many of the events, from the first, were in the log there. */
    readonly checkpoint?: { readonly tx: number; readonly events: number };
  };
};

/**
 * Checks a bundle (its text, or the JSON value) without any log: that it holds versions 1…n of the aggregate, each written once into its
 * place before the bundle's state, and nothing that was changed since.
 */
export function checkEvidence(bundle: unknown, { trusted, pinnedKey }: CheckEvidenceOptions = {}): CheckedEvidence | EvidenceRefusal {
  const parsed = parse(bundle);
  if ("ok" in parsed) return parsed;
  const { header, hash, database, signature } = parsed.trusted;
  const state: LogState = { database, tx: header.id, hash, ...(signature && { signature }) };
  const before = allHold(
    () => verifyHeader(header, hash),
    () => (pinnedKey === undefined ? holds : verifyStateSignature(state, pinnedKey)),
    () => verifyParts(parsed.anchors, parsed),
    () => verifyParts(parsed.transactions, parsed),
    () => verifyTransactions(parsed),
    () => (trusted === undefined ? holds : verifyTrusted(trusted, parsed)),
  );
  if (!before.ok) return before;
  const headers = new Map(parsed.transactions.map((part) => [part.header.id, part]));
  let last = { tx: 0, index: -1 };
  for (const [index, event] of parsed.events.entries()) {
    const verdict = allHold(
      () => verifyVersion(parsed, event, index + 1),
      () => (isLater(event, last) ? holds : refuse("event_order", `version ${event.version} was written before version ${index}`)),
      () => verifyInTransaction(event, headers.get(event.tx)),
      () => verifyEnvelope(parsed.aggregate, event),
    );
    if (!verdict.ok) return { ...verdict, event: index + 1 };
    last = event;
  }
  const events = parsed.events.map(({ version, tx, index, value }) => ({ version, tx, index, value: value.subarray(1) }));
  const checkpoint = trusted && { tx: trusted.tx, events: events.filter(({ tx }) => tx <= trusted.tx).length };
  return {
    ok: true,
    aggregate: parsed.aggregate,
    state,
    events,
    trust: { signature: pinnedKey !== undefined, ...(checkpoint && { checkpoint }) },
  };
}

type Event = Evidence["events"][number];

function parse(bundle: unknown): Evidence | Refusal {
  let value = bundle;
  if (typeof bundle === "string")
    try {
      value = JSON.parse(bundle);
    } catch (error) {
      return refuse("malformed", `the bundle is not JSON: ${(error as SyntaxError).message}`);
    }
  const checked = EvidenceBundle.safeParse(value);
  return checked.success ? checked.data : refuse("malformed", `this is no bundle: ${z.prettifyError(checked.error).replaceAll("\n", " ")}`);
}

function verifyHeader(header: Evidence["trusted"]["header"], hash: Uint8Array): Verdict {
  const fault = headerFault(header);
  if (fault !== undefined) return refuse("malformed", `the header of the bundle's state cannot be: ${fault}`);
  return sameBytes(alhOf(header), hash)
    ? holds
    : refuse("transaction_hash", `transaction ${header.id} is not the one with the state's hash`);
}

/** That transactions are in the history of the bundle's state, or this in theirs. */
const verifyParts = (parts: readonly EvidencePart[], { trusted }: Evidence): Verdict =>
  allHold(
    ...parts.map((part) => (): Verdict => {
      const fault = headerFault(part.header);
      if (fault !== undefined) return refuse("malformed", `the header of transaction ${part.header.id} cannot be: ${fault}`);
      const own: ChainPoint = { tx: part.header.id, hash: alhOf(part.header) };
      const state: ChainPoint = { tx: trusted.header.id, hash: trusted.hash };
      const [source, target] = own.tx <= state.tx ? [own, state] : [state, own];
      return verifyDualProof(dualProofOf(part, trusted.header), source, target);
    }),
  );

/** The events' transactions, each once, in their order, none that is newer than the state: that would prove nothing of it. */
function verifyTransactions({ events, transactions, trusted }: Evidence): Verdict {
  const used = [...new Set(events.map(({ tx }) => tx))];
  if (used.length !== transactions.length || transactions.some(({ header }, index) => header.id !== used[index]))
    return refuse("malformed", "the transactions of the bundle are not those of its events");
  const late = used.find((tx) => tx > trusted.header.id);
  return late === undefined ? holds : refuse("elsewhere", `transaction ${late} is newer than the state of the bundle`);
}

function verifyTrusted({ tx, hash, database }: NonNullable<CheckEvidenceOptions["trusted"]>, { anchors, trusted }: Evidence): Verdict {
  if (database !== undefined && database !== trusted.database)
    return refuse("elsewhere", `the bundle is from ${trusted.database}; what is trusted is of ${database}`);
  const header = [trusted, ...anchors].find((point) => point.header.id === tx)?.header;
  if (header === undefined) return refuse("untrusted", `the bundle is not tied to transaction ${tx}: have it made with that checkpoint`);
  return sameBytes(alhOf(header), hash) ? holds : refuse("untrusted", `transaction ${tx} is not the one that is trusted`);
}

function verifyVersion({ aggregate, events }: Evidence, { key, version }: Event, expected: number): Verdict {
  if (version !== expected) return refuse("version_gap", `of ${events.length} events, number ${expected} is version ${version}`);
  const parsed = parseEventKey(key);
  return parsed?.aggregate === aggregate && parsed.version === version
    ? holds
    : refuse("elsewhere", `the key of version ${version} is not one of ${aggregate}`);
}

const isLater = (event: { tx: number; index: number }, last: { tx: number; index: number }): boolean =>
  event.tx > last.tx || (event.tx === last.tx && event.index > last.index);

function verifyInTransaction({ index, inclusion, key, tx, value }: Event, part: EvidencePart | undefined): Verdict {
  if (part === undefined) return refuse("malformed", `transaction ${tx} is not in the bundle`);
  const { header } = part;
  return verifyEntryInclusion(
    { leaf: index, width: header.entries, terms: inclusion },
    header,
    digested({ key, value, metadata: noBytes }),
  );
}

const noBytes = new Uint8Array();
const Envelope = z.object({ stream: z.string(), version: z.number() });
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** That the record says of itself what its key says. */
function verifyEnvelope(aggregate: string, { value, version }: Event): Verdict {
  if (value[0] !== 0) return refuse("envelope", `version ${version} is not a plain value`);
  const envelope = envelopeOf(value.subarray(1));
  if (envelope === undefined) return refuse("envelope", `version ${version} holds no event`);
  return envelope.stream === aggregate && envelope.version === version
    ? holds
    : refuse("envelope", `version ${version} says that it is version ${envelope.version} of ${envelope.stream}`);
}

function envelopeOf(record: Uint8Array): z.infer<typeof Envelope> | undefined {
  try {
    return Envelope.safeParse(JSON.parse(utf8.decode(record))).data;
  } catch {
    // Neither UTF-8 nor JSON: no event, which is what the caller says.
    return undefined;
  }
}
