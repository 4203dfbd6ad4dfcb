import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { pathOf } from "@aethyr/kernel";
import type { Log } from "@aethyr/runtime";
import type { z } from "zod";
import { InvalidQuestionError, NotFoundError, OperatorError } from "../errors.ts";
import type { Moment } from "../history/moment.ts";
import type { Operations } from "../operations.ts";
import { answerOf } from "./answer-of.ts";
import { addressError } from "./api-address.ts";
import { readCommands } from "./commands-body.ts";
import { eventLines } from "./event-lines.ts";
import { serveDeadLetters } from "./dead-letters-api.ts";
import { createGuard } from "./guard.ts";
import { openApiDocument } from "./openapi.ts";
import { newsLines, resumed } from "./news-lines.ts";
import type { Input } from "./on-route.ts";
import { servePartitions } from "./partitions-api.ts";
import { watchSockets } from "./quiet-sockets.ts";
import { contentTypes, type Route } from "./route.ts";
import { routes } from "./routes.ts";
import { serveReadModels } from "./serve-read-models.ts";
import { unlessGone, untilGone } from "./until-gone.ts";

/** Event streams at once: each may keep a page of events for as long as its reader likes. */
const tailsAtOnce = 64;

/** More readers of the event stream than the API serves at once. */
class TooManyTailsError extends OperatorError {
  readonly status = 503;
  constructor() {
    super("busy", `${tailsAtOnce} event streams are open, which is as many as there may be: close one, then ask again`, {
      limit: tailsAtOnce,
    });
  }
}

export type OperatorApiOptions = {
  readonly operations: Operations;
  /** Where to listen, on this machine only; default 127.0.0.1. */
  readonly host?: "127.0.0.1" | "::1" | "localhost";
  /** 0 for any free one. */
  readonly port: number;
  /** What every request but `/healthz` must carry. */
  readonly token: string;
  readonly log: Log;
  /** Names this process on `/healthz`; default a new UUID. */
  readonly instance?: string;
  /** Rejects, with the reason, while the world takes no commands. */
  readonly ready?: () => Promise<unknown>;
  /** Bytes of a request's body; default 8 MiB. */
  readonly maxBodyBytes?: number;
  /** How long `close` waits for answers that are under way before it cuts them off; default 5 s. */
  readonly closeWithinMs?: number;
};

export type OperatorApi = {
  readonly url: string;
  readonly port: number;
  /** Ends streams, lets other answers finish, frees the port. */
  close(): Promise<void>;
};

/** Serves operations over HTTP on this machine. Rejects with `api_address` where it cannot listen. */
export async function startOperatorApi(options: OperatorApiOptions): Promise<OperatorApi> {
  const {
    operations,
    host = "127.0.0.1",
    port,
    token,
    log,
    instance = randomUUID(),
    ready = async () => undefined,
    maxBodyBytes = 8 * 1024 * 1024,
    closeWithinMs = 5_000,
  } = options;
  // Ids have up to 128 characters. Slow senders of headers or bodies are cut off.
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerError,
  });
  const sockets = watchSockets(app.server);
  const streams = new AbortController();
  const document = openApiDocument();
  const openPaths = new Set(Object.values<Route>(routes).flatMap(({ open, path }) => (open === true ? [path] : [])));
  const guard = createGuard(token);

  app.addHook("onRequest", async (request) => {
    const { host: asked, origin, authorization } = request.headers;
    guard({ port: request.socket.localPort, host: asked, origin, authorization, open: openPaths.has(request.routeOptions.url ?? "") });
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    [contentTypes.json, contentTypes.ndjson],
    { parseAs: "buffer" },
    async (_: FastifyRequest, body: Buffer) => body,
  );
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(async (request) => {
    throw new NotFoundError(`there is no ${request.method} ${request.url.split("?", 1)[0]}: see /openapi.json`);
  });

  function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, answer } = answerOf(error);
    if (status >= 500) log.error({ err: error, method: request.method, url: request.url }, "the operator API failed on a request");
    void reply.code(status).type(contentTypes.json).send(answer);
  }

  function on<R extends Route>(route: R, handler: (input: Input<R>) => Promise<unknown>): void {
    const url = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    const type = route.answers[200]?.type ?? contentTypes.json;
    app.route({
      method: route.method,
      url,
      async handler(request, reply) {
        const params = checked(route.params, request.params);
        const query = checked(route.query, request.query);
        const answer = await handler({ params, query, request, reply } as Input<R>);
        return reply.type(type).send(type === contentTypes.json ? JSON.stringify(answer) : answer);
      },
    });
  }

  on(routes.health, async () => ({ status: "ok", instance }));
  on(routes.ready, async () => {
    await ready();
    return { status: "ready" };
  });
  on(routes.metrics, async () => operations.metrics());
  on(routes.openapi, async () => document);
  on(routes.sendCommands, async ({ request, reply }) => {
    const read = readCommands(request.body, request.headers["content-type"] ?? "");
    const commands = read.flatMap((each) => ("command" in each ? [each.command] : []));
    const gone = untilGone(reply);
    const replies = [...(await unlessGone(gone, operations.sendCommands(commands, { signal: gone })))];
    return read.map((each) => ("command" in each ? replies.shift() : each.refused));
  });
  on(routes.showAggregate, async ({ params, query }) => {
    const found = await operations.showAggregate(params, query.at);
    if (found === undefined)
      throw new NotFoundError(`there is no ${pathOf(params)}${query.at === undefined ? "" : ` at ${momentText(query.at)}`}`);
    return found;
  });
  on(routes.allAggregates, async ({ reply }) => {
    const all = operations.allAggregates({ signal: AbortSignal.any([untilGone(reply), streams.signal]) })[Symbol.asyncIterator]();
    // What is wrong from the start is answered as such.
    const first = await all.next();
    return Readable.from(jsonLines(resumed(first, all)), { objectMode: false });
  });
  on(routes.diffAggregate, async ({ params, query: { from, to } }) => {
    const found = await operations.diffAggregate(params, from, to);
    if (found === undefined) throw new NotFoundError(`there is no ${pathOf(params)} at ${momentText(from)} and later`);
    return found;
  });
  on(routes.custody, async ({ params }) => {
    const found = await operations.custody(params);
    if (found === undefined) throw new NotFoundError(`there is no ${pathOf(params)} that is ever anywhere`);
    return found;
  });
  on(routes.history, async ({ params, query: { from, limit, direction } }) =>
    operations.history(params, {
      ...(from === undefined ? {} : { from }),
      ...(limit === undefined ? {} : { limit }),
      ...(direction === undefined ? {} : { direction }),
    }),
  );
  let tails = 0;
  on(routes.tailEvents, async ({ query: { after, follow = false }, reply }) => {
    if (tails >= tailsAtOnce) throw new TooManyTailsError();
    tails += 1;
    const gone = new AbortController();
    reply.raw.once("close", () => {
      tails -= 1;
      gone.abort();
    });
    const signal = AbortSignal.any([gone.signal, streams.signal]);
    return Readable.from(eventLines(operations.tailEvents({ ...(after === undefined ? {} : { after }), follow, signal }), signal), {
      objectMode: false,
    });
  });
  on(routes.actors, async () => operations.actors());
  on(routes.passivate, async ({ params }) => ({ passivated: await operations.passivate(params) }));
  on(routes.rebuildWorld, async ({ query: { clear = false, writeSnapshots = false }, request, reply }) => {
    const signal = AbortSignal.any([untilGone(reply), streams.signal]);
    const failed = (error: unknown): void => {
      if (!signal.aborted) log.error({ err: error, method: request.method, url: request.url }, "the rebuild broke off");
    };
    return Readable.from(newsLines(operations.rebuildWorld({ clear, writeSnapshots, signal }), failed), { objectMode: false });
  });
  on(routes.worldStats, async () => operations.worldStats());
  servePartitions(on, operations.partitions);
  serveDeadLetters(on, operations.deadLetters);
  serveReadModels(on, { readModels: operations.readModels, ending: streams.signal, log });

  const listening = await listen(app, host, port);
  return {
    url: `http://${listening.family === "IPv6" ? `[${listening.address}]` : listening.address}:${listening.port}`,
    port: listening.port,
    async close() {
      streams.abort();
      const timer = setTimeout(() => app.server.closeAllConnections(), closeWithinMs);
      try {
        const closed = app.close();
        sockets.drain();
        await closed;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function* jsonLines(values: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

const momentText = (moment: Moment): string => (typeof moment === "number" ? `version ${moment}` : moment);

async function listen(app: FastifyInstance, host: string, port: number): Promise<AddressInfo> {
  try {
    await app.listen({ host, port });
    return app.server.address() as AddressInfo;
  } catch (error) {
    await app.close();
    throw addressError({ host, port }, error);
  }
}

function checked<S extends z.ZodObject>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const text = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new InvalidQuestionError(text, { issues });
}
