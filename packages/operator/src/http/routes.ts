import { CommandEnvelope, Reply } from "@aethyr/protocol";
import { z } from "zod";
import { AggregateState } from "../history/aggregate-state.ts";
import { Custody } from "../history/custody.ts";
import { HostedActor } from "../hosted-actors.ts";
import { commandsAtOnce } from "../send-commands.ts";
import { deadLetterRoutes } from "./dead-letters-api.ts";
import { partitionRoutes } from "./partitions-api.ts";
import { readModelRoutes } from "./read-model-routes.ts";
import { RebuildLine } from "./long-work.ts";
import { contentTypes, define, failure, none, value } from "./route.ts";
import {
  AggregatePath,
  AtQuery,
  DiffAnswer,
  DiffQuery,
  EventAnswer,
  HealthAnswer,
  HistoryQuery,
  PassivateAnswer,
  RebuildQuery,
  StatsAnswer,
  TailQuery,
} from "./schemas.ts";

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
    summary: `Sends up to ${commandsAtOnce} commands. Those to one aggregate apply in order; a refused one does not stop the others. What no host has for the moment is sent again for some seconds`,
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
    answers: { 200: value("The aggregate", AggregateState), 404: failure("No such aggregate at that moment") },
  }),
  allAggregates: define({
    id: "allAggregates",
    method: "GET",
    path: "/v1/aggregates",
    summary: "Every aggregate that exists, one a line, all of them as they were at one position of the log",
    params: none,
    query: none,
    answers: { 200: { description: "The aggregates, by path", type: contentTypes.ndjson, schema: AggregateState } },
  }),
  diffAggregate: define({
    id: "diffAggregate",
    method: "GET",
    path: "/v1/aggregates/{type}/{id}/diff",
    summary: "What differs between two moments of one aggregate, and by which events",
    params: AggregatePath,
    query: DiffQuery,
    answers: {
      200: value("The fields that differ, and the events in between", DiffAnswer),
      404: failure("It has not come to one of them"),
    },
  }),
  custody: define({
    id: "custody",
    method: "GET",
    path: "/v1/aggregates/{type}/{id}/custody",
    summary: "Who had a thing from when to when, by which events",
    params: AggregatePath,
    query: none,
    answers: { 200: value("Its holders, the first one first", Custody), 404: failure("There is no such thing") },
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
    answers: { 200: value("The actors", z.array(HostedActor)) },
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
  rebuildWorld: define({
    id: "rebuildWorld",
    method: "POST",
    path: "/v1/world/rebuild",
    summary: "Replays the whole log and compares what it comes to with the actors in memory and the snapshots; the report is the last line",
    params: none,
    query: RebuildQuery,
    answers: { 200: { description: "How far it is, what is bad, the report", type: contentTypes.ndjson, schema: RebuildLine } },
  }),
  ...partitionRoutes,
  ...deadLetterRoutes,
  ...readModelRoutes,
} as const;

/** Answers that every guarded route may give. */
export const commonAnswers = {
  400: failure("A parameter is wrong, or there is one that this route does not know"),
  401: failure("The token is missing or wrong"),
  403: failure("The request comes through another host name or from another origin"),
  503: failure("The world is stopping, or its store is away"),
} as const;
