import { z } from "zod";
import { ErrorAnswer } from "./schemas.ts";

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

export const none = z.strictObject({});
export const failure = (description: string): Answer => ({ description, type: contentTypes.json, schema: ErrorAnswer });
export const value = (description: string, schema: z.ZodType): Answer => ({ description, type: contentTypes.json, schema });
export const define = <P extends z.ZodObject, Q extends z.ZodObject>(route: Route<P, Q>): Route<P, Q> => route;
