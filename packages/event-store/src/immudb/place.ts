import { z } from "zod";
import { InvalidRequestError } from "../errors.ts";
import { Tls } from "./tls.ts";

// These two hold what belongs to all databases of a server; neither can have the settings that a log needs.
const reserved: ReadonlySet<string> = new Set(["defaultdb", "systemdb"]);
const databaseName = z
  .string()
  .regex(/^[a-z0-9_]{1,110}$/, "1–110 small letters, digits and _")
  .refine((name) => !reserved.has(name), "this database is the server's own");

/** Where a log is, and who we are there. */
export const ImmudbPlace = z.object({
  /** `host:port` of the server's gRPC interface. */
  address: z
    .string()
    .regex(/^[^\s/]+:\d{1,5}$/, "host:port")
    .refine((address) => Number(address.slice(address.lastIndexOf(":") + 1)) <= 65_535, "a port is at most 65535"),
  /** The log's own; never `defaultdb`. */
  database: databaseName,
  /** Snapshots and what else costs only time to lose. Default: the name of the database and `_snapshots`. */
  snapshotsDatabase: databaseName.optional(),
  username: z.string().min(1),
  password: z.string(),
  /** Without it the connection is not encrypted. */
  tls: Tls.optional(),
});
export type ImmudbPlace = Readonly<z.infer<typeof ImmudbPlace>>;

export const snapshotsDatabaseOf = ({ database, snapshotsDatabase }: ImmudbPlace): string => snapshotsDatabase ?? `${database}_snapshots`;

/** Throws `InvalidRequestError` that names the wrong options and repeats none of their values. */
export function checkOptions<T>(schema: z.ZodType<T>, options: unknown): T {
  const checked = schema.safeParse(options);
  if (checked.success) return checked.data;
  throw new InvalidRequestError(`the options for immudb are wrong: ${z.prettifyError(checked.error).replaceAll("\n", " ")}`);
}
