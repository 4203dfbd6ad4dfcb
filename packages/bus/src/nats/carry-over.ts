import { headers as names, MalformedMessageError } from "@aethyr/protocol";
import type { StoredMsg } from "@nats-io/jetstream";
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import { BusUnavailableError } from "../errors.ts";
import { carrySubject, type ClosedLane } from "./closed-lane.ts";
import type { Link } from "./connection.ts";
import type { LettersKept } from "./dead-letters.ts";
import { headersSize, letterOfUnreadable, received } from "./messages.ts";
import { isMessageGone } from "./nats-errors.ts";

/** What became of the commands that waited. `putAside`: no host could have read them, or they are too large to carry; they are dead letters. */
export type Carried = { readonly carried: number; readonly putAside: number };

export type CarryOptions = {
  readonly from: ClosedLane;
  /** The same where a lane is divided anew. */
  readonly to: ClosedLane;
  readonly letters: Pick<LettersKept, "keep">;
  readonly onCarried?: ((count: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** On a command that was carried over: `<closing>:<its place before>`. */
const carriedFrom = "Carried-From";
/** What a subject, a stream's name and our own header may add to a message. */
const growth = 512;
/** What senders had on its way when the lane was closed is in it after so many rounds. */
const mostRounds = 10;

/**
 * Carries all commands of a closed lane over to another, or to the same one, in their order, each once, whoever dies when: a copy is written
 * only where the newest of the lane is the one seen, and only then is the original taken away; whoever goes on finds by the newest copy how far it
 * came. Rejects with `unavailable` where another process carries at the same time, and with the signal's reason.
 */
export async function carryOver(link: Link, options: CarryOptions): Promise<Carried> {
  const { from, to } = options;
  const all = { carried: 0, putAside: 0 };
  for (let round = 0; round < mostRounds; round += 1) {
    const { carried, putAside } = await carryRound(link, options, all.carried);
    all.carried += carried;
    all.putAside += putAside;
    const left = await waitingIn(link, from, from.stream === to.stream ? from.id : undefined);
    if (!left) return all;
  }
  throw new BusUnavailableError(`senders still reach the stream ${from.stream}, which was closed to them: look at who writes it`);
}

async function carryRound(link: Link, { from, to, letters, onCarried, signal }: CarryOptions, before: number): Promise<Carried> {
  const { streams } = link.manager;
  const end = (await streams.info(from.stream)).state.last_seq;
  let { newest, copied } = await newestCopy(link, to, from.id);
  let [carried, putAside] = [0, 0];
  for (let next = await messageFrom(link, from, 1); next !== null && next.seq <= end; next = await messageFrom(link, from, next.seq + 1)) {
    signal?.throwIfAborted();
    const kept = headersIn(next);
    if (kept !== undefined && originOf(kept, from.id) !== undefined) continue;
    if (next.seq > copied) {
      const subject = carrySubject(to.world, next.subject.split(".").slice(-2).join("."));
      const marked = kept && markedHeaders(kept, from.id, next.seq);
      if (marked !== undefined && headersSize(marked) + next.data.byteLength + growth <= mostBytes(link)) {
        const ack = await link.stream.publish(subject, next.data, {
          headers: marked,
          expect: { lastSequence: newest, streamName: to.stream },
        });
        newest = ack.seq;
        carried += 1;
        onCarried?.(before + carried);
      } else {
        await letters.keep(letterOfUnreadable(received(next), new MalformedMessageError("it could not be carried over", {}), 1));
        putAside += 1;
      }
      copied = next.seq;
    }
    await streams.deleteMessage(from.stream, next.seq, false).catch((error: unknown) => {
      if (!isMessageGone(error)) throw error;
    });
  }
  return { carried, putAside };
}

const mostBytes = (link: Link): number => link.nats.info?.max_payload ?? link.maxBytes;

/** The newest message of a lane, and the place that the newest copy in it was carried from. */
async function newestCopy(link: Link, lane: ClosedLane, id: string): Promise<{ newest: number; copied: number }> {
  const { last_seq: newest, messages } = (await link.manager.streams.info(lane.stream)).state;
  const last = messages === 0 ? null : await link.manager.streams.getMessage(lane.stream, { last_by_subj: filterOf(lane) });
  if (last === null) return { newest, copied: 0 };
  const origin = originIn(last, id);
  if (origin !== undefined) return { newest, copied: origin };
  // A sender's may have come after the copies, where it was on its way when the lane was closed.
  let copied = 0;
  for (let next = await messageFrom(link, lane, 1); next !== null; next = await messageFrom(link, lane, next.seq + 1))
    copied = Math.max(copied, originIn(next, id) ?? 0);
  return { newest, copied };
}

/** Whether anything is in a lane that is no copy of this closing. */
async function waitingIn(link: Link, lane: ClosedLane, id: string | undefined): Promise<boolean> {
  const { state } = await link.manager.streams.info(lane.stream);
  if (state.messages === 0 || id === undefined) return state.messages > 0;
  const [first, last] = [
    await messageFrom(link, lane, 1),
    await link.manager.streams.getMessage(lane.stream, { last_by_subj: filterOf(lane) }),
  ];
  // Copies were written one after another: what came in between made the writing of the next one fail.
  return [first, last].some((message) => message !== null && originIn(message, id) === undefined);
}

const filterOf = ({ world }: ClosedLane): string => `cmd.${world}.>`;

/** The first message of a lane from a place on. */
function messageFrom(link: Link, { stream, world }: Pick<ClosedLane, "stream" | "world">, seq: number): Promise<StoredMsg | null> {
  const asked = { seq, next_by_subj: `cmd.${world}.>` };
  return link.manager.streams.getMessage(stream, asked);
}

/** Undefined for headers that cannot be read: another client may send any bytes for them. */
function headersIn(message: StoredMsg): MsgHdrs | undefined {
  try {
    return message.header ?? headers();
  } catch {
    // As `messages.ts` says of them: no host could read such a message, so that it is put aside.
    return undefined;
  }
}

const originIn = (message: StoredMsg, id: string): number | undefined => {
  const kept = headersIn(message);
  return kept && originOf(kept, id);
};

function originOf(kept: MsgHdrs, id: string): number | undefined {
  const [closing, seq] = kept.get(carriedFrom).split(":");
  return closing === id && seq !== undefined ? Number(seq) : undefined;
}

/** The headers of a copy: the stream would take its message id for a repeat, so that it becomes the command's. */
function markedHeaders(kept: MsgHdrs, id: string, seq: number): MsgHdrs {
  const marked = headers();
  for (const [name, values] of kept) if (!/^nats-/i.test(name)) for (const value of values) marked.append(name, value);
  const messageId = kept.get(names.messageId);
  if (marked.get(names.commandId) === "" && messageId !== "") marked.set(names.commandId, messageId);
  marked.set(carriedFrom, `${id}:${seq}`);
  return marked;
}
