import type { backUpWorld } from "@aethyr/embedded";
import type { Row } from "../output/rows.ts";
import type { Call } from "../verb.ts";

type Copied = Awaited<ReturnType<typeof backUpWorld>>;

/** What a copy is worth: where its log was. */
export const copySummary = ({ logId, state }: Copied) => ({ log: logId, tx: state.tx, hash: hex(state.hash) });

export const copiedRows = ({ logId, state }: Copied): readonly Row[] => [
  ["log", logId],
  ["transactions", state.tx],
  ["hash", hex(state.hash)],
  ["verified", "yes"],
];

export const copyProgress = ({ notes, io }: Pick<Call, "notes" | "io">): NonNullable<Parameters<typeof backUpWorld>[2]> => ({
  signal: io.signal,
  onProgress: ({ copied, total }) => notes.progress(`copying, ${Math.floor((100 * copied) / Math.max(total, 1))} %`),
  onVerified: ({ tx, to }) => notes.progress(`verifying, transaction ${tx} of ${to}`),
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
