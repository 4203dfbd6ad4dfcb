import { z } from "zod";
import type { Answer, Route } from "./route.ts";
import { commonAnswers, routes } from "./routes.ts";

type Document = Readonly<Record<string, unknown>>;

/** The API as an OpenAPI 3.1 document, made of the same schemas that its server checks with. */
export function openApiDocument(): Document {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of Object.values<Route>(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Aethyr operator API", version: "1", description: "What operators and scripts ask of a running world." },
    components: { securitySchemes: { token: { type: "http", scheme: "bearer", description: "The token in the world's data folder" } } },
    paths,
  };
}

function operation({ id, summary, open, params, query, body, answers }: Route): Document {
  const all: Readonly<Record<number, Answer>> = open === true ? answers : { ...commonAnswers, ...answers };
  return {
    operationId: id,
    summary,
    security: open === true ? [] : [{ token: [] }],
    parameters: [...parameters("path", params), ...parameters("query", query)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries(Object.entries(body).map(([type, schema]) => [type, { schema: schemaOf(schema) }])),
          },
        }),
    responses: Object.fromEntries(
      Object.entries(all).map(([status, { description, type, schema }]) => [
        status,
        { description, content: { [type]: { schema: schema === undefined ? { type: "string" } : schemaOf(schema) } } },
      ]),
    ),
  };
}

function parameters(place: "path" | "query", object: z.ZodObject): readonly Document[] {
  return Object.entries<z.core.$ZodType>(object.shape).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema);
    return {
      name,
      in: place,
      required: place === "path" || !z.safeParse(schema, undefined).success,
      schema: rest,
      ...(description === undefined ? {} : { description }),
    };
  });
}

/** What comes out of the schema: a number, where its text in a query is read as one. */
function schemaOf(schema: z.core.$ZodType): Document {
  const {
    $schema: _,
    "~standard": __,
    ...rest
  } = z.toJSONSchema(schema, { io: "output", unrepresentable: "any", reused: "inline" }) as Record<string, unknown>;
  return rest;
}
