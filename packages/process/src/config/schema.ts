import { RefPath, AggregateType } from "@aethyr/kernel";
import { isWorldName } from "@aethyr/protocol";
import { defaultHostOptions } from "@aethyr/runtime";
import { z } from "zod";
import { Nats, Placement, Status } from "./cluster-schema.ts";
import { Gateway, ReadModels } from "./gateway-schema.ts";
import { Immudb } from "./immudb-schema.ts";

/** What a token of the operator API must be like, wherever it comes from. */
export const tokenPattern: RegExp = /^[\x21-\x7e]{16,256}$/;

const count = (most: number) => z.int().min(1).max(most);

/**
 * Everything that can be configured, with its default: there is no second place. What it says of a key is also what an error about the key
 * and `docs/operations/configuration.md` say.
 */
export const Config = z.strictObject({
  data: z
    .string()
    .min(1)
    .default("./.aethyr")
    .describe("Folder of everything that this world keeps; relative to the working directory. Made with mode 700"),
  world: z
    .string()
    .refine(isWorldName, "1–32 characters of a–z 0–9 -")
    .default("aethyr")
    .describe("Name of the world. A data folder keeps the name that it was made with")
    .meta({ allowed: "1–32 characters of a–z 0–9 -" }),
  modules: z
    .array(z.string().min(1))
    .default([])
    .describe("Modules with aggregates and extensions of your own, each exporting `registrations`; relative to the working directory")
    .meta({ allowed: "paths of modules" }),
  store: z
    .enum(["sqlite", "memory", "immudb"])
    .default("sqlite")
    .describe(
      "Where events go: `sqlite`, to the data folder; `immudb`, to an ImmuDB server; both have each commit on the disk before it is answered. `memory`: nowhere, the world is gone with the process",
    ),
  immudb: Immudb.prefault({}),
  outage: z
    .enum(["refuse", "journal"])
    .default("refuse")
    .describe(
      "While ImmuDB is away: `refuse` answers commands `unavailable`; `journal` keeps them in the data folder, answers `provisional` and brings them into ImmuDB when it is back. The latter only where no other process writes this world",
    ),
  checkpoints: z
    .strictObject({
      everyTxs: z
        .int()
        .min(0)
        .max(1_000_000_000)
        .default(1_000)
        .describe("Transactions between two checkpoints of the log, by which `aethyr log verify` finds what was changed; 0 for none"),
      file: z
        .string()
        .min(1)
        .optional()
        .describe(
          "File that checkpoints are added to, one a line. Without it `checkpoints.ndjson` in the data folder; better where whoever can write the log cannot write",
        )
        .meta({ allowed: "path of a file" }),
    })
    .prefault({}),
  api: z
    .strictObject({
      host: z
        .enum(["127.0.0.1", "::1", "localhost"])
        .default("127.0.0.1")
        .describe("Address of the operator API. Only this machine's own: from elsewhere use a tunnel"),
      port: z.int().min(0).max(65_535).default(7377).describe("Port of the operator API; 0 for any free one"),
      token: z
        .string()
        .regex(tokenPattern, "16–256 visible ASCII characters")
        .optional()
        .describe(
          "Token that operators must send. Without it one is made at the first start and kept in `operator.token` in the data folder, mode 600",
        )
        .meta({ secret: true, allowed: "16–256 visible ASCII characters" }),
    })
    .prefault({}),
  gateway: Gateway.prefault({}),
  readModels: ReadModels.prefault({}),
  nats: Nats.prefault({}),
  placement: Placement.prefault({}),
  status: Status.prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
        .default("info")
        .describe("How much is logged, to standard error"),
      format: z
        .enum(["auto", "pretty", "json"])
        .default("auto")
        .describe("`json`: one object a line; `pretty`: for people; `auto`: pretty on a terminal, else json"),
    })
    .prefault({}),
  snapshotEvery: z
    .record(z.union([z.literal("*"), AggregateType, RefPath]), count(1_000_000))
    .default({})
    .describe(
      "Events between two snapshots of an aggregate, by `*`, `type` or `type/id`, the most precise one counts. What is not named keeps its aggregate's own number (100)",
    )
    .meta({ allowed: "`*`, type or type/id, each with a whole number from 1 to 1000000" }),
  idleMs: count(86_400_000)
    .default(defaultHostOptions.idleMs)
    .describe("Milliseconds without a command after which an actor leaves memory"),
  activeLimit: count(10_000_000)
    .default(defaultHostOptions.activeLimit)
    .describe("Actors in memory at once; beyond it the longest unused ones leave"),
  limits: z
    .strictObject({
      pending: count(1_000_000)
        .default(defaultHostOptions.pendingLimit)
        .describe("Commands that are held at once; beyond it the answer is `busy`"),
      mailbox: count(1_000_000)
        .default(defaultHostOptions.mailboxLimit)
        .describe("Commands that wait for one aggregate; beyond it the answer is `busy`"),
      drainMs: count(600_000)
        .default(defaultHostOptions.drainMs)
        .describe("Milliseconds that a stopping world takes to finish what it has"),
    })
    .prefault({}),
  starterWorld: z.boolean().default(true).describe("Whether a world that is empty begins with the small starter world"),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
/** A checked configuration. */
export type Config = DeepReadonly<z.output<typeof Config>>;
