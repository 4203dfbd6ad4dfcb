import { z } from "zod";
import { HashText } from "./checkpoint.ts";
import { hexOfBytes } from "./bytes.ts";
import type { DualProof } from "./dual-proof.ts";
import type { TxHeader } from "./transaction.ts";

/** Bytes as hex text. */
const Hex = z
  .string()
  .regex(/^([0-9a-f]{2})*$/, "pairs of small hex digits")
  .transform((text): Uint8Array => Buffer.from(text, "hex"));
const Hash = HashText.transform((text): Uint8Array => Buffer.from(text, "hex"));
const Base64 = z
  .base64()
  // One text for the same bytes: the last character may not carry bits that nobody reads.
  .refine((text) => Buffer.from(text, "base64").toString("base64") === text, "canonical base64")
  .transform((text): Uint8Array => Buffer.from(text, "base64"));
const count = z.int().min(0);

const Header = z.strictObject({
  id: z.int().min(1),
  previous: Hash,
  time: z.int(),
  version: z.union([z.literal(0), z.literal(1)]),
  metadata: Hex,
  entries: count,
  entriesRoot: Hash,
  treeSize: count,
  treeRoot: Hash,
});

/** A dual proof but for its two headers, which stand elsewhere in the bundle. */
const Proof = z.strictObject({
  inclusion: z.array(Hash),
  consistency: z.array(Hash),
  targetTreeAlh: Hash,
  lastInclusion: z.array(Hash),
  linear: z.strictObject({ sourceTx: count, targetTx: count, terms: z.array(Hash) }),
  linearAdvance: z.strictObject({ terms: z.array(Hash), inclusions: z.array(z.array(Hash)) }).optional(),
});

const ProvenHeader = z.strictObject({ header: Header, proof: Proof });

/**
 * What proves the events of an aggregate without their log: each event's entry, its way to the root of its transaction, and each transaction's
 * way into a state that can be trusted. Hashes and keys are hex, values and signatures base64, all else as it is hashed. Parsed, they are bytes.
 */
export const EvidenceBundle = z.strictObject({
  format: z.literal("aethyr-evidence"),
  version: z.literal(1),
  /** `type/id`. */
  aggregate: z.string().regex(/^[^/]+\/[^/]+$/, "type/id"),
  /** The state that everything is proven into. */
  trusted: z.strictObject({
    database: z.string().min(1),
    /** Id of the log, where the database's name is not one. */
    log: z.string().min(1).exactOptional(),
    header: Header,
    /** Accumulated hash at the header's transaction. */
    hash: Hash,
    signature: Base64.optional(),
  }),
  /** Other points of the same chain, older or newer, each tied to the trusted state: checkpoints that a reader may hold. */
  anchors: z.array(ProvenHeader),
  /** By version, from 1. */
  events: z
    .array(
      z.strictObject({
        version: z.int().min(1),
        /** Raw key and value, with their prefix bytes. */
        key: Hex,
        value: Base64,
        tx: z.int().min(1),
        /** Place among all entries of the transaction, from 0, and the neighbours on the way to its root. */
        index: count,
        inclusion: z.array(Hash),
      }),
    )
    .min(1),
  /** Those that hold the events, in their order. */
  transactions: z.array(ProvenHeader),
});
/** A bundle as it is written. */
export type EvidenceBundle = z.input<typeof EvidenceBundle>;
/** A bundle as it is read. */
export type Evidence = z.output<typeof EvidenceBundle>;
export type EvidencePart = z.output<typeof ProvenHeader>;

/** The proof of a part, from the older of two headers to the newer one. */
export function dualProofOf({ header, proof: { linearAdvance, ...proof } }: EvidencePart, trusted: TxHeader): DualProof {
  const [source, target] = header.id <= trusted.id ? [header, trusted] : [trusted, header];
  return { ...proof, source, target, ...(linearAdvance && { linearAdvance }) };
}

type Written = { readonly header: z.input<typeof Header>; readonly proof: z.input<typeof Proof> };

export const writeHeader = ({ previous, metadata, entriesRoot, treeRoot, ...numbers }: TxHeader): z.input<typeof Header> => ({
  ...numbers,
  previous: hexOfBytes(previous),
  metadata: hexOfBytes(metadata),
  entriesRoot: hexOfBytes(entriesRoot),
  treeRoot: hexOfBytes(treeRoot),
});

export const writePart = (
  header: TxHeader,
  { inclusion, consistency, targetTreeAlh, lastInclusion, linear, linearAdvance }: DualProof,
): Written => ({
  header: writeHeader(header),
  proof: {
    inclusion: writeTerms(inclusion),
    consistency: writeTerms(consistency),
    targetTreeAlh: hexOfBytes(targetTreeAlh),
    lastInclusion: writeTerms(lastInclusion),
    linear: { sourceTx: linear.sourceTx, targetTx: linear.targetTx, terms: writeTerms(linear.terms) },
    ...(linearAdvance && {
      linearAdvance: { terms: writeTerms(linearAdvance.terms), inclusions: linearAdvance.inclusions.map(writeTerms) },
    }),
  },
});

export const writeTerms = (terms: readonly Uint8Array[]): string[] => terms.map(hexOfBytes);
