import { ClosedError } from "@aethyr/event-store";
import type { RecordedEvent, Ref } from "@aethyr/kernel";
import { encodeCommand, refusalOf, Reply, type CommandEnvelope } from "@aethyr/protocol";
import { z } from "zod";
import { ApiUnreachableError, ForeignAnswerError, RefusedByApiError } from "../errors.ts";
import { AggregateState } from "../history/aggregate-state.ts";
import { Custody } from "../history/custody.ts";
import { HostedActor } from "../hosted-actors.ts";
import type { Operations, Tail } from "../operations.ts";
import type { RebuildNews, RebuildOptions } from "../rebuild/news.ts";
import { commandsAtOnce } from "../send-commands.ts";
import { orNone, type Asking } from "./asking.ts";
import { connectDeadLetters } from "./dead-letters-api.ts";
import { linesOf } from "./ndjson.ts";
import { connectPartitions } from "./partitions-api.ts";
import { contentTypes } from "./route.ts";
import { connectReadModels } from "./read-model-client.ts";
import { RebuildLine } from "./long-work.ts";
import { DiffAnswer, ErrorAnswer, EventAnswer, PassivateAnswer, StatsAnswer } from "./schemas.ts";

export type Connection = {
  /** Such as `http://127.0.0.1:7377`. */
  readonly url: string;
  readonly token: string;
};

const maxBodyBytes = 4 * 1024 * 1024;
const replies = z.array(Reply);

/**
 * The operations of a world that runs in another process, over its HTTP API. Besides what operations reject with, as `RefusedByApiError` with
 * the same code, they reject with `api_unreachable` and `foreign_answer`. Nothing is asked before the first call.
 */
export function connectOperations({ url, token }: Connection): Operations {
  const base = url.replace(/\/+$/, "");
  const closing = new AbortController();

  async function ask(
    path: string,
    init: { readonly method?: "POST"; readonly body?: string; readonly type?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Response> {
    const { method = "GET", body, type = contentTypes.ndjson, signal } = init;
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) };
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    let response: Response;
    try {
      response = await fetch(`${base}${path}`, {
        method,
        headers,
        signal: ended,
        redirect: "error",
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      throw broken(error, ended, "no world answers there");
    }
    if (response.ok) return response;
    throw await refusal(response);
  }

  function broken(error: unknown, signal: AbortSignal, what: string): unknown {
    if (closing.signal.aborted) return new ClosedError();
    return signal.aborted ? signal.reason : new ApiUnreachableError(base, what, { cause: error });
  }

  const textOf = (response: Response, signal = closing.signal): Promise<string> =>
    response.text().catch((error: unknown) => {
      throw broken(error, signal, "the connection broke");
    });

  async function refusal(response: Response): Promise<Error> {
    const parsed = ErrorAnswer.safeParse(json(await textOf(response)));
    if (!parsed.success) return new ForeignAnswerError(base, `HTTP ${response.status}`);
    return new RefusedByApiError(response.status, parsed.data.code, parsed.data.message, parsed.data.details ?? {});
  }

  function read<T>(schema: z.ZodType<T>, text: string): T {
    const parsed = schema.safeParse(json(text));
    if (parsed.success) return parsed.data;
    throw new ForeignAnswerError(base, z.prettifyError(parsed.error));
  }

  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => read(schema, await textOf(await ask(path)));

  async function post(lines: readonly string[], { signal }: { readonly signal?: AbortSignal }): Promise<readonly Reply[]> {
    const asked = await ask("/v1/commands", { method: "POST", body: lines.join("\n"), ...(signal === undefined ? {} : { signal }) });
    const answered = read(replies, await textOf(asked, signal));
    if (answered.length !== lines.length) throw new ForeignAnswerError(base, `${answered.length} replies to ${lines.length} commands`);
    return answered;
  }

  const sendCommands: Operations["sendCommands"] = async (commands, options = {}) => {
    const answered: Reply[] = [];
    let lines: string[] = [];
    let places: number[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      if (lines.length === 0) return;
      const sent = await post(lines, options);
      for (const [index, place] of places.entries()) answered[place] = sent[index] as Reply;
      lines = [];
      places = [];
      size = 0;
    };
    for (const [place, command] of commands.entries()) {
      const line = encoded(command);
      if (typeof line !== "string") {
        answered[place] = line;
        continue;
      }
      // With the end of the line before it.
      const bytes = Buffer.byteLength(line) + 1;
      if (lines.length === commandsAtOnce || size + bytes > maxBodyBytes) await flush();
      lines.push(line);
      places.push(place);
      size += bytes;
    }
    await flush();
    return answered;
  };

  async function* tailEvents({ after, follow = false, signal }: Tail): AsyncGenerator<RecordedEvent, void> {
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    try {
      const { body } = await ask(`/v1/events${query({ after, follow })}`, { signal: ended });
      if (body === null) return;
      for await (const line of linesOf(body)) yield read(EventAnswer, line);
    } catch (error) {
      if (ended.aborted) return;
      throw error instanceof TypeError ? new ApiUnreachableError(base, "the connection broke", { cause: error }) : error;
    }
  }

  async function* listed(signal: AbortSignal | undefined): AsyncGenerator<AggregateState, void> {
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    try {
      const { body } = await ask("/v1/aggregates", { signal: ended });
      for await (const line of body === null ? [] : linesOf(body)) yield read(AggregateState, line);
    } catch (error) {
      throw error instanceof TypeError || ended.aborted ? broken(error, ended, "the connection broke") : error;
    }
  }

  /** The lines of a long work; what broke it off is in the last one. */
  async function* follow<T extends { readonly kind: string }>(
    asked: string,
    schema: z.ZodType<T>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Exclude<T, { readonly kind: "failure" }>, void> {
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    try {
      const { body } = await ask(asked, { method: "POST", signal: ended });
      for await (const line of body === null ? [] : linesOf(body)) {
        const news = read(schema, line);
        if (!isFailure(news)) {
          yield news as Exclude<T, { readonly kind: "failure" }>;
          continue;
        }
        const { code, message, details = {} } = news.failure;
        throw new RefusedByApiError(news.status, code, message, details);
      }
    } catch (error) {
      throw error instanceof TypeError || ended.aborted ? broken(error, ended, "the connection broke") : error;
    }
  }

  async function* rebuilt({ clear, writeSnapshots, signal }: RebuildOptions): AsyncGenerator<RebuildNews, void> {
    let isReported = false;
    for await (const news of follow(`/v1/world/rebuild${query({ clear, writeSnapshots })}`, RebuildLine, signal)) {
      isReported ||= news.kind === "report";
      yield news;
    }
    if (!isReported) throw new ApiUnreachableError(base, "the connection broke");
  }

  const asking: Asking = {
    url: base,
    get,
    post: async (asked, schema, body) =>
      read(
        schema,
        await textOf(
          await ask(asked, { method: "POST", ...(body === undefined ? {} : { body: JSON.stringify(body), type: contentTypes.json }) }),
        ),
      ),
    follow,
    query,
  };

  return {
    sendCommands,
    showAggregate: async (ref, at) => orNone(get(`/v1/aggregates/${path(ref)}${query({ at })}`, AggregateState)),
    allAggregates: ({ signal } = {}) => listed(signal),
    diffAggregate: async (ref, from, to) => orNone(get(`/v1/aggregates/${path(ref)}/diff${query({ from, to })}`, DiffAnswer)),
    custody: async (ref) => orNone(get(`/v1/aggregates/${path(ref)}/custody`, Custody)),
    history: async (ref, { from, limit, direction } = {}) =>
      get(`/v1/aggregates/${path(ref)}/events${query({ from, limit, direction })}`, z.array(EventAnswer)),
    tailEvents,
    actors: async () => get("/v1/actors", z.array(HostedActor)),
    async passivate(ref) {
      const response = await ask(`/v1/actors/${path(ref)}/passivate`, { method: "POST" });
      return read(PassivateAnswer, await textOf(response)).passivated;
    },
    worldStats: async () => get("/v1/world/stats", StatsAnswer),
    rebuildWorld: (options = {}) => rebuilt(options),
    partitions: connectPartitions(asking),
    deadLetters: connectDeadLetters(asking),
    readModels: connectReadModels(asking),
    metrics: async () => textOf(await ask("/metrics")),
    async close() {
      closing.abort();
    },
  };
}

type Failed = { readonly kind: "failure"; readonly status: number; readonly failure: ErrorAnswer };
const isFailure = <T extends { readonly kind: string }>(news: T | Failed): news is Failed => news.kind === "failure";

function encoded(command: CommandEnvelope): string | Reply {
  try {
    return Buffer.from(encodeCommand(command, "application/json").bytes).toString();
  } catch (error) {
    const refused = refusalOf(error, command.id);
    if (refused === undefined) throw error;
    return refused;
  }
}

const path = ({ type, id }: Ref): string => `${encodeURIComponent(type)}/${encodeURIComponent(id)}`;

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? "" : `?${given.join("&")}`;
}
