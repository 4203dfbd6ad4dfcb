import { z } from "zod";
import { ComparisonOfCopies } from "../read-models/projection-rebuild-news.ts";
import { RetriedStream, SqlRows } from "../read-models/read-model-operations.ts";
import { ProjectionRebuildLine } from "./long-work.ts";
import {
  CopyPath,
  ParkedQuery,
  ProjectionAnswer,
  ProjectionPath,
  ProjectionRebuildQuery,
  PutAsideAnswer,
  RetryQuery,
  SkipQuery,
  SqlBody,
  SwitchQuery,
} from "./read-model-schemas.ts";
import { contentTypes, define, failure, none, value } from "./route.ts";
import { DoneAnswer } from "./schemas.ts";

const unknown = failure("There are no read models, or not this one");
const wrongState = failure("It cannot be done with this copy now, and why");

/** The routes of read models. */
export const readModelRoutes = {
  projections: define({
    id: "projections",
    method: "GET",
    path: "/v1/projections",
    summary: "Every read model with its copies: how far each is, how far behind, how fast, and what it is paused at",
    params: none,
    query: none,
    answers: { 200: value("The projections", z.array(ProjectionAnswer)), 404: unknown },
  }),
  rebuildProjection: define({
    id: "rebuildProjection",
    method: "POST",
    path: "/v1/projections/{projection}/rebuild",
    summary: "Makes a fresh copy from the log; when it is level, compares it with the active one and lets the views show it",
    params: ProjectionPath,
    query: ProjectionRebuildQuery,
    answers: {
      200: { description: "How far it is, the report", type: contentTypes.ndjson, schema: ProjectionRebuildLine },
      404: unknown,
      409: wrongState,
    },
  }),
  compareProjection: define({
    id: "compareProjection",
    method: "GET",
    path: "/v1/projections/{projection}/copies/{schema}/compare",
    summary: "A copy against the active one, row by row, at the same position of the log",
    params: CopyPath,
    query: none,
    answers: { 200: value("What differs", ComparisonOfCopies), 404: unknown, 409: wrongState },
  }),
  switchProjection: define({
    id: "switchProjection",
    method: "POST",
    path: "/v1/projections/{projection}/copies/{schema}/switch",
    summary: "Lets the views show this copy; the one that they showed is kept",
    params: CopyPath,
    query: SwitchQuery,
    answers: { 200: value("They do", DoneAnswer), 404: unknown, 409: wrongState },
  }),
  dropProjection: define({
    id: "dropProjection",
    method: "POST",
    path: "/v1/projections/{projection}/copies/{schema}/drop",
    summary: "Removes a copy that is not the active one",
    params: CopyPath,
    query: none,
    answers: { 200: value("It is gone", DoneAnswer), 404: unknown, 409: wrongState },
  }),
  parkedEvents: define({
    id: "parkedEvents",
    method: "GET",
    path: "/v1/parked-events",
    summary: "Events that read models have parked or skipped",
    params: none,
    query: ParkedQuery,
    answers: { 200: value("The events", z.array(PutAsideAnswer)), 404: unknown },
  }),
  retryParked: define({
    id: "retryParked",
    method: "POST",
    path: "/v1/projections/{projection}/retry",
    summary: "Tries parked events again, aggregate by aggregate",
    params: ProjectionPath,
    query: RetryQuery,
    answers: { 200: value("What became of those of each aggregate", z.array(RetriedStream)), 404: unknown },
  }),
  skipEvent: define({
    id: "skipEvent",
    method: "POST",
    path: "/v1/projections/{projection}/skip",
    summary: "Leaves out the event that a copy is paused at, and lets it go on",
    params: ProjectionPath,
    query: SkipQuery,
    answers: { 200: value("The event", PutAsideAnswer), 404: unknown, 409: wrongState },
  }),
  resumeProjection: define({
    id: "resumeProjection",
    method: "POST",
    path: "/v1/projections/{projection}/resume",
    summary: "Lets paused copies try again",
    params: ProjectionPath,
    query: none,
    answers: { 200: value("They do", DoneAnswer), 404: unknown },
  }),
  query: define({
    id: "query",
    method: "POST",
    path: "/v1/query",
    summary: "The rows of one SQL query over the read models, which can change nothing",
    params: none,
    query: none,
    body: { [contentTypes.json]: SqlBody },
    answers: {
      200: value("The rows", SqlRows),
      400: failure("PostgreSQL does not run it, or it took too long; nothing was changed"),
      404: unknown,
    },
  }),
} as const;
