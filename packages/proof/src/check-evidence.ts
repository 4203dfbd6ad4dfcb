import { z } from "zod";
import { sameBytes } from "./bytes.ts";
import { digested } from "./entry.ts";
import type { TrustedPoint } from "./checkpoint.ts";
import { verifyEntryInclusion } from "./entry-inclusion.ts";
import { parseEventKey } from "./event-key.ts";
import { dualProofOf, EvidenceBundle, type Evidence, type EvidencePart } from "./evidence.ts";
import { alhOf, headerFault } from "./header.ts";
import { jsonFault } from "./json-fault.ts";
import type { ChainPoint } from "./linear-proof.ts";
import { isSameLog, logName, type LogState } from "./provable-log.ts";
import { verifyStateSignature } from "./signed-state.ts";
import { allHold, holds, refuse, type Refusal, type Verdict } from "./verdict.ts";
import { verifyDualProof } from "./verify-dual-proof.ts";

export type CheckEvidenceOptions = {
  /**
   * Points that the reader trusts, such as checkpoints; those of other databases are passed over. The bundle must be tied to at least one, if any
   * are given, and must not contradict one.
   */
  readonly trusted?: readonly TrustedPoint[];
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
    /** The given points that the bundle is tied to, the oldest first, each with how many of the events, from the first, were in the log there. */
    readonly checkpoints: readonly { readonly tx: number; readonly events: number }[];
  };
};

/**
 * Checks a bundle (its text, or the JSON value) without any log: that it holds versions 1…n of the aggregate, each written once into its
 * place before the bundle's state, and nothing that was changed since.
 */
export function checkEvidence(bundle: unknown, { trusted, pinnedKey }: CheckEvidenceOptions = {}): CheckedEvidence | EvidenceRefusal {
  const parsed = parse(bundle);
  if ("ok" in parsed) return parsed;
  const { header, hash, database, log, signature } = parsed.trusted;
  const state: LogState = { database, ...(log !== undefined && { log }), tx: header.id, hash, ...(signature && { signature }) };
  const before = allHold(
    () => verifyHeader(header, hash),
    () => (pinnedKey === undefined ? holds : verifyStateSignature(state, pinnedKey)),
    () => verifyParts(parsed.anchors, parsed),
    () => verifyParts(parsed.transactions, parsed),
    () => verifyTransactions(parsed),
  );
  if (!before.ok) return before;
  const tied = trusted === undefined ? [] : tiedPoints(trusted, parsed);
  if ("ok" in tied) return tied;
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
  const checkpoints = tied.map((point) => ({ tx: point, events: events.filter(({ tx }) => tx <= point).length }));
  return {
    ok: true,
    aggregate: parsed.aggregate,
    state,
    events,
    trust: { signature: pinnedKey !== undefined, checkpoints },
  };
}

type Event = Evidence["events"][number];

function parse(bundle: unknown): Evidence | Refusal {
  let value = bundle;
  if (typeof bundle === "string")
    try {
      value = JSON.parse(bundle);
    } catch {
      return refuse("malformed", `the bundle is not JSON: ${jsonFault(bundle)}`);
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

/** The transactions of the trusted points that the bundle is tied to, each once, the oldest first. */
function tiedPoints(points: readonly TrustedPoint[], { anchors, trusted }: Evidence): readonly number[] | Refusal {
  const own = points.filter(({ database = trusted.database, ...point }) => isSameLog({ ...point, database }, trusted));
  const [first] = points;
  if (own.length === 0 && first !== undefined)
    return refuse(
      "elsewhere",
      `the bundle is from ${logName(trusted)}; what is trusted is of ${logName({ ...first, database: first.database ?? "" })}`,
    );
  const headers = new Map([trusted, ...anchors].map(({ header }) => [header.id, header]));
  const tied = new Set<number>();
  for (const { tx, hash } of own) {
    const header = headers.get(tx);
    if (header === undefined) continue;
    if (!sameBytes(alhOf(header), hash)) return refuse("untrusted", `transaction ${tx} is not the one that is trusted`);
    tied.add(tx);
  }
  if (tied.size > 0) return [...tied].toSorted((one, other) => one - other);
  const which = own.length === 1 ? `transaction ${own[0]?.tx}` : "any of the points that are trusted";
  return refuse("untrusted", `the bundle is not tied to ${which}: have it made with such a checkpoint`);
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
