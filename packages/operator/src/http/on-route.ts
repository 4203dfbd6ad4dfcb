import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Route } from "./route.ts";

/** A request to a route, its parameters checked. */
export type Input<R extends Route> = {
  readonly params: z.output<R["params"]>;
  readonly query: z.output<R["query"]>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
};

/** Serves a route. */
export type OnRoute = <R extends Route>(route: R, handler: (input: Input<R>) => Promise<unknown>) => void;
