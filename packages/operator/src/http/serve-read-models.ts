import { Readable } from "node:stream";
import type { Log } from "@aethyr/runtime";
import { z } from "zod";
import { InvalidQuestionError } from "../errors.ts";
import type { ReadModelOperations } from "../read-models/read-model-operations.ts";
import { newsLines, resumed } from "./news-lines.ts";
import type { OnRoute } from "./on-route.ts";
import { readModelRoutes as routes } from "./read-model-routes.ts";
import { SqlBody } from "./read-model-schemas.ts";
import { done } from "./schemas.ts";

type Serving = {
  readonly readModels: ReadModelOperations;
  /** Ends what is told over a long time. */
  readonly ending: AbortSignal;
  readonly log: Log;
};

/** Serves the routes of read models. */
export function serveReadModels(on: OnRoute, { readModels, ending, log }: Serving): void {
  on(routes.projections, async () => readModels.list());
  on(routes.rebuildProjection, async ({ params: { projection }, query, request, reply }) => {
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, ending]);
    const { untilPosition: position, untilTime: time, keep = false } = query;
    if (position !== undefined && time !== undefined) throw new InvalidQuestionError("untilPosition or untilTime: there is one end");
    const until = position === undefined ? (time === undefined ? {} : { until: { time } }) : { until: { position } };
    const news = readModels.rebuild(projection, { ...until, keep, signal })[Symbol.asyncIterator]();
    const failed = (error: unknown): void => {
      if (!signal.aborted) log.error({ err: error, method: request.method, url: request.url }, "the rebuild of a read model broke off");
    };
    // What is wrong from the start is answered as such.
    return Readable.from(newsLines(resumed(await news.next(), news), failed), { objectMode: false });
  });
  on(routes.compareProjection, async ({ params: { projection, schema } }) => readModels.compare(projection, schema));
  on(routes.switchProjection, async ({ params: { projection, schema }, query: { evenIfBehind = false } }) => {
    await readModels.switchTo(projection, schema, { evenIfBehind });
    return done;
  });
  on(routes.dropProjection, async ({ params: { projection, schema } }) => {
    await readModels.drop(projection, schema);
    return done;
  });
  on(routes.parkedEvents, async ({ query: { projection } }) => readModels.parked(projection));
  on(routes.retryParked, async ({ params: { projection }, query: { stream, schema } }) =>
    readModels.retry(projection, { ...(stream === undefined ? {} : { stream }), ...(schema === undefined ? {} : { schema }) }),
  );
  on(routes.skipEvent, async ({ params: { projection }, query: { reason, schema } }) => readModels.skip(projection, reason, schema));
  on(routes.resumeProjection, async ({ params: { projection } }) => {
    await readModels.resume(projection);
    return done;
  });
  on(routes.query, async ({ request }) => {
    const { sql, limit } = sqlOf(request.body);
    return readModels.query(sql, limit === undefined ? {} : { limit });
  });
}

function sqlOf(body: unknown): z.output<typeof SqlBody> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.isBuffer(body) ? body.toString() : "");
  } catch {
    throw new InvalidQuestionError('the body is JSON, such as {"sql":"select * from rooms"}');
  }
  const parsed = SqlBody.safeParse(value);
  if (!parsed.success) throw new InvalidQuestionError(z.prettifyError(parsed.error));
  return parsed.data;
}
