import { randomUUIDv7 } from "node:crypto";
import { unlessAborted } from "@aethyr/async";
import { inOrderOfTargets, requestUntilAnswered, type CommandLanes, type EventFeed } from "@aethyr/bus";
import { ClosedError, type EventStore } from "@aethyr/event-store";
import { followLog } from "@aethyr/follower";
import {
  currentData,
  UnreadableEventError,
  type AggregateView,
  type CommandName,
  type Domain,
  type InputOf,
  type Json,
  type RecordedEvent,
  type Ref,
} from "@aethyr/kernel";
import { protocolVersion, type CommandEnvelope, type Reply } from "@aethyr/protocol";
import { NotConnectedError } from "./errors.ts";
import type { Reader, ReadModels } from "./ports.ts";

/** A way to a world: its lanes and feed, its log, and who answers questions. */
export type ClientParts<D extends Domain> = {
  readonly domain: D;
  readonly lanes: Pick<CommandLanes, "request">;
  readonly log: Pick<EventStore, "head" | "readAll">;
  readonly feed: Pick<EventFeed, "follow">;
  /** Answers for aggregates; without it `query` rejects with `not_connected`. */
  readonly reader?: Reader;
  /** Without it `caughtUp` rejects with `not_connected`. */
  readonly readModels?: ReadModels;
  /** Who sends, where a command does not say otherwise. */
  readonly actor?: string;
};

/** What a command carries beside what it is for. */
export type CommandOptions = {
  /** The command's id, UUIDv7 at best; default a new one. The same id takes effect once, however often it is sent. */
  readonly id?: string;
  /** Who: a player, an operator, a service. */
  readonly actor?: string;
  /** Which story: shared by everything that one cause set off; default the command's id. */
  readonly correlation?: string;
  /** Why: the id of the event or command that this one follows from. */
  readonly causation?: string;
};

export type WaitOptions = {
  /** Milliseconds in all, repeats included; default 5,000. What was not answered by then is told as the last reply says, or as `outcome_unknown`. */
  readonly timeoutMs?: number;
  /** Rejects with its reason; the command may have taken effect, ask under the same id. */
  readonly signal?: AbortSignal;
};

export type SendOptions = CommandOptions & WaitOptions;

/** One command of `sendAll`. */
export type Outgoing<D extends Domain = Domain> = {
  [N in CommandName<D>]: { readonly type: N; readonly target: Ref; readonly data: InputOf<D, N>; readonly options?: CommandOptions };
}[CommandName<D>];

export type WatchOptions = {
  /** Only events after this position (0: from the beginning); without it, only those from now on. To resume, give the position of the last one seen. */
  readonly after?: number;
  /** What becomes of an event of a known aggregate whose name or shape the domain does not know: `reject` (default) ends the watch, `mark` gives it as it was recorded, marked. */
  readonly unreadable?: "reject" | "mark";
  readonly signal?: AbortSignal;
};

/** An event as it is watched: its data in their current shape. With the mark it is as it was recorded, and whoever takes it for more than its place in the log errs. */
export type WatchedEvent = RecordedEvent & { readonly unreadable?: UnreadableEventError };

/** A game node's way to a world. */
export type Client<D extends Domain = Domain> = {
  /**
   * Sends a command and waits for its reply. Where the reply says "try again" (`busy`, `unavailable`, `conflict`, `outcome_unknown`), the
   * same command is sent again under the same id, with growing pauses, until the time is up; then the last reply is given. What went wrong
   * is a reply too: this rejects only with the signal's reason, or `closed`.
   */
  send<N extends CommandName<D>>(type: N, target: Ref, data: InputOf<D, N>, options?: SendOptions): Promise<Reply>;
  /**
   * Sends many; replies in the order of the commands. Those to one aggregate are sent one after the other, so that they take effect in that
   * order whatever is repeated; up to 1,000 aggregates at once.
   */
  sendAll(commands: readonly Outgoing<D>[], options?: WaitOptions): Promise<readonly Reply[]>;
  /**
   * The events of the world in the log's order, each once, none missing, data in their current shape; in batches as they arrive. Ends with
   * the signal, or with the client; rejects with `feed_astray`, the store's own error, or, unless such are marked, `unreadable_event`.
   */
  watch(options?: WatchOptions): AsyncIterable<readonly WatchedEvent[]>;
  /** The state of an aggregate from whoever owns it, not older than `atLeast` (a reply's position); undefined where there is none. */
  query(target: Ref, options?: { readonly atLeast?: number; readonly signal?: AbortSignal }): Promise<AggregateView | undefined>;
  /** Resolves when a read model shows everything up to a position: read your own writes. Rejects with the signal's reason or `read_model_behind` after `timeoutMs` (default 5,000). */
  caughtUp(readModel: string, position: number, options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Ends what is being watched; later calls reject with `closed`. The parts stay their owner's. */
  close(): Promise<void>;
};

/** Makes a client. Types of commands and their data come from the domain's own definitions. */
export function createClient<D extends Domain>(parts: ClientParts<D>): Client<D> {
  const { domain, lanes, log, feed } = parts;
  const closing = new AbortController();

  const open = (): void => {
    if (closing.signal.aborted) throw new ClosedError();
  };

  const envelope = (type: string, target: Ref, data: unknown, { id = randomUUIDv7(), ...meta }: CommandOptions): CommandEnvelope => {
    const actor = meta.actor ?? parts.actor;
    return {
      v: protocolVersion,
      id,
      type,
      target,
      data: data as Json,
      ...(actor === undefined ? {} : { actor }),
      ...(meta.correlation === undefined ? {} : { correlation: meta.correlation }),
      ...(meta.causation === undefined ? {} : { causation: meta.causation }),
    };
  };

  const deliver = (command: CommandEnvelope, { timeoutMs = 5_000, signal, id }: WaitOptions & Pick<CommandOptions, "id">): Promise<Reply> =>
    requestUntilAnswered(lanes, command, {
      withinMs: timeoutMs,
      // Who chooses an id does so to send it more than once.
      again: id !== undefined,
      signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
    });

  async function* watched({ after, unreadable = "reject", signal }: WatchOptions): AsyncGenerator<readonly WatchedEvent[], void> {
    open();
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    const from = { ...(after === undefined ? {} : { after }), follow: true, signal: ended, pageEvents: 500 };
    for await (const events of followLog({ store: log, feed }, from)) {
      if (ended.aborted) return;
      yield events.map(({ bytes: _, ...event }) => inCurrentShape(domain, event, unreadable));
    }
  }

  return {
    async send(type, target, data, options = {}) {
      open();
      return deliver(envelope(type, target, data, options), options);
    },
    async sendAll(commands, options = {}) {
      open();
      const envelopes = commands.map((command) => envelope(command.type, command.target, command.data, command.options ?? {}));
      return inOrderOfTargets(envelopes, (command) => deliver(command, options));
    },
    watch: (options = {}) => watched(options),
    async query(target, { atLeast = 0, signal } = {}) {
      open();
      if (parts.reader === undefined) throw new NotConnectedError("questions about aggregates");
      return unlessAborted(parts.reader.read(target, atLeast), signal);
    },
    async caughtUp(readModel, position, { timeoutMs = 5_000, signal } = {}) {
      open();
      if (parts.readModels === undefined) throw new NotConnectedError("read models");
      await parts.readModels.caughtUp(readModel, position, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
    },
    async close() {
      closing.abort(new ClosedError());
    },
  };
}

/** Of aggregates that this domain does not know the data stay as they are. */
function inCurrentShape(domain: Domain, event: RecordedEvent, unreadable: "reject" | "mark"): WatchedEvent {
  const kind = domain.aggregates.get(event.stream.type);
  if (kind === undefined) return event;
  const schema = kind.events.get(event.type)?.version ?? event.schema;
  try {
    return { ...event, schema, data: currentData(kind, event) };
  } catch (error) {
    if (unreadable === "mark" && error instanceof UnreadableEventError) return { ...event, unreadable: error };
    throw error;
  }
}
