import { z } from "zod";
import { ApiUnreachableError } from "../errors.ts";
import type { Asking } from "./asking.ts";
import { ProjectionRebuildLine } from "./long-work.ts";
import { ComparisonOfCopies, type ProjectionRebuildNews } from "../read-models/projection-rebuild-news.ts";
import { RetriedStream, SqlRows, type ProjectionRebuildOptions, type ReadModelOperations } from "../read-models/read-model-operations.ts";
import { ProjectionAnswer, projectionStatus, PutAsideAnswer } from "./read-model-schemas.ts";
import { DoneAnswer } from "./schemas.ts";

/** The operations on read models of a world that runs in another process. */
export function connectReadModels({ url, get, post, follow, query }: Asking): ReadModelOperations {
  const path = (projection: string, ...more: readonly string[]): string =>
    `/v1/projections/${[projection, ...more].map(encodeURIComponent).join("/")}`;

  async function* rebuilt(
    projection: string,
    { until, keep, signal }: ProjectionRebuildOptions,
  ): AsyncGenerator<ProjectionRebuildNews, void> {
    const at = until === undefined ? {} : "position" in until ? { untilPosition: until.position } : { untilTime: until.time };
    let isReported = false;
    for await (const news of follow(`${path(projection, "rebuild")}${query({ ...at, keep })}`, ProjectionRebuildLine, signal)) {
      isReported ||= news.kind === "report";
      yield news;
    }
    if (!isReported) throw new ApiUnreachableError(url, "the connection broke");
  }

  return {
    list: async () => (await get("/v1/projections", z.array(ProjectionAnswer))).map(projectionStatus),
    rebuild: (projection, options = {}) => rebuilt(projection, options),
    compare: async (projection, schema) => get(path(projection, "copies", schema, "compare"), ComparisonOfCopies),
    async switchTo(projection, schema, { evenIfBehind } = {}) {
      await post(`${path(projection, "copies", schema, "switch")}${query({ evenIfBehind })}`, DoneAnswer);
    },
    async drop(projection, schema) {
      await post(path(projection, "copies", schema, "drop"), DoneAnswer);
    },
    parked: async (projection) => get(`/v1/parked-events${query({ projection })}`, z.array(PutAsideAnswer)),
    retry: async (projection, { stream, schema } = {}) =>
      post(`${path(projection, "retry")}${query({ stream, schema })}`, z.array(RetriedStream)),
    skip: async (projection, reason, schema) => post(`${path(projection, "skip")}${query({ reason, schema })}`, PutAsideAnswer),
    async resume(projection) {
      await post(path(projection, "resume"), DoneAnswer);
    },
    query: async (sql, { limit } = {}) => post("/v1/query", SqlRows, { sql, ...(limit === undefined ? {} : { limit }) }),
  };
}
