import { CommandEnvelope, Reply } from "@aethyr/protocol";
import { z } from "zod";
import { commandsAtOnce } from "../send-commands.ts";
import {
  ActorAnswer,
  AggregateAnswer,
  AggregatePath,
  AtQuery,
  ErrorAnswer,
  EventAnswer,
  HealthAnswer,
  HistoryQuery,
  PassivateAnswer,
  StatsAnswer,
  TailQuery,
} from "./schemas.ts";

export const contentTypes = {
  json: "application/json",
  ndjson: "application/x-ndjson",
  metrics: "text/plain; version=0.0.4; charset=utf-8",
} as const;

/** What an answer carries: one value, or for NDJSON one value a line. Without a schema it is text. */
export type Answer = { readonly description: string; readonly type: string; readonly schema?: z.ZodType };

export type Route<P extends z.ZodObject = z.ZodObject, Q extends z.ZodObject = z.ZodObject> = {
  readonly id: string;
  readonly method: "GET" | "POST";
  /** As OpenAPI writes it: `/v1/aggregates/{type}/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** Answers without a token. */
  readonly open?: true;
  readonly params: P;
  readonly query: Q;
  /** What it takes, by content type. */
  readonly body?: Readonly<Record<string, z.ZodType>>;
  readonly answers: Readonly<Record<number, Answer>>;
};

const none = z.strictObject({});
const failure = (description: string): Answer => ({ description, type: contentTypes.json, schema: ErrorAnswer });
const value = (description: string, schema: z.ZodType): Answer => ({ description, type: contentTypes.json, schema });
const define = <P extends z.ZodObject, Q extends z.ZodObject>(route: Route<P, Q>): Route<P, Q> => route;

/** Every route of the operator API: the server, the OpenAPI document and its test all read this table. */
export const routes = {
  health: define({
    id: "health",
    method: "GET",
    path: "/healthz",
    summary: "Whether the process is up",
    open: true,
    params: none,
    query: none,
    answers: { 200: value("It is up", HealthAnswer) },
  }),
  ready: define({
    id: "ready",
    method: "GET",
    path: "/readyz",
    summary: "Whether the world takes commands",
    params: none,
    query: none,
    answers: { 200: value("It does", z.object({ status: z.literal("ready") })), 503: failure("It does not, and why") },
  }),
  metrics: define({
    id: "metrics",
    method: "GET",
    path: "/metrics",
    summary: "Metrics in the Prometheus text format",
    params: none,
    query: none,
    answers: { 200: { description: "The metrics", type: contentTypes.metrics } },
  }),
  openapi: define({
    id: "openapi",
    method: "GET",
    path: "/openapi.json",
    summary: "This document",
    params: none,
    query: none,
    answers: { 200: value("OpenAPI 3.1", z.record(z.string(), z.unknown())) },
  }),
  sendCommands: define({
    id: "sendCommands",
    method: "POST",
    path: "/v1/commands",
    summary: `Sends up to ${commandsAtOnce} commands. Those to one aggregate apply in order; a refused one does not stop the others`,
    params: none,
    query: none,
    body: { [contentTypes.json]: z.array(CommandEnvelope).max(commandsAtOnce), [contentTypes.ndjson]: CommandEnvelope },
    answers: {
      200: value("A reply for each command, in their order", z.array(Reply)),
      400: failure("The body is no list of commands; nothing was done"),
      413: failure("Too many commands or bytes; nothing was done"),
    },
  }),
  showAggregate: define({
    id: "showAggregate",
    method: "GET",
    path: "/v1/aggregates/{type}/{id}",
    summary: "One aggregate as its events made it",
    params: AggregatePath,
    query: AtQuery,
    answers: { 200: value("The aggregate", AggregateAnswer), 404: failure("No such aggregate at that version") },
  }),
  history: define({
    id: "history",
    method: "GET",
    path: "/v1/aggregates/{type}/{id}/events",
    summary: "A page of the events of one aggregate",
    params: AggregatePath,
    query: HistoryQuery,
    answers: { 200: value("The events; none for an aggregate that does not exist", z.array(EventAnswer)) },
  }),
  tailEvents: define({
    id: "tailEvents",
    method: "GET",
    path: "/v1/events",
    summary: "The events of the world in their order, one a line. Empty lines only keep the connection alive",
    params: none,
    query: TailQuery,
    answers: { 200: { description: "The events", type: contentTypes.ndjson, schema: EventAnswer } },
  }),
  actors: define({
    id: "actors",
    method: "GET",
    path: "/v1/actors",
    summary: "The actors in memory",
    params: none,
    query: none,
    answers: { 200: value("The actors", z.array(ActorAnswer)) },
  }),
  passivate: define({
    id: "passivate",
    method: "POST",
    path: "/v1/actors/{type}/{id}/passivate",
    summary: "Lets one actor leave memory",
    params: AggregatePath,
    query: none,
    answers: { 200: value("Whether it did", PassivateAnswer) },
  }),
  worldStats: define({
    id: "worldStats",
    method: "GET",
    path: "/v1/world/stats",
    summary: "What is in the world, and how its store is doing",
    params: none,
    query: none,
    answers: { 200: value("The counts", StatsAnswer) },
  }),
} as const;

/** Answers that every guarded route may give. */
export const commonAnswers = {
  400: failure("A parameter is wrong, or there is one that this route does not know"),
  401: failure("The token is missing or wrong"),
  403: failure("The request comes through another host name or from another origin"),
  503: failure("The world is stopping, or its store is away"),
} as const;
