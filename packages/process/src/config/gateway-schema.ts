import { RefPath } from "@aethyr/kernel";
import { z } from "zod";

const port = (standard: number) => z.int().min(0).max(65_535).default(standard);

/** Where players connect, and where the new ones among them begin. */
export const Gateway = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether players can connect"),
  host: z
    .string()
    .min(1)
    .default("127.0.0.1")
    .describe("Address that players connect to; `0.0.0.0` for everybody who reaches this machine (neither line is encrypted)"),
  telnet: z.strictObject({ port: port(4000).describe("Port for telnet and MUD clients; 0 for any free one") }).prefault({}),
  websocket: z.strictObject({ port: port(4001).describe("Port for WebSocket clients; 0 for any free one") }).prefault({}),
  startRoom: RefPath.optional()
    .describe(
      "Room in which new characters begin. Without it the quay of the starter world, or the oldest room of a world that has no such quay",
    )
    .meta({ allowed: "type/id, such as room/hall" }),
});

/** Where the world is kept as tables that anybody can query. */
export const ReadModels = z.strictObject({
  store: z
    .enum(["pglite", "postgres", "none"])
    .default("pglite")
    .describe("Where read models are: `pglite`, in the data folder; `postgres`, on a server; `none`: there are none"),
  url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "postgres://user:password@host:port/database")
    .optional()
    .describe("Where the PostgreSQL server is, for `postgres`")
    .meta({ secret: true, allowed: "postgres://user:password@host:port/database" }),
});
