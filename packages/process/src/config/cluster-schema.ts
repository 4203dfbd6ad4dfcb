import { z } from "zod";

const path = z.string().min(1);
const file = { allowed: "path of a file" };

/** Where NATS is and who this process is there: for the processes of a cluster. */
export const Nats = z.strictObject({
  servers: z
    .array(z.string().regex(/^(nats|tls):\/\/\S+$/, "nats://host:port"))
    .min(1)
    .default(["nats://127.0.0.1:4222"])
    .describe("Addresses of NATS servers, for the processes of a cluster; one of them is enough, `tls://` for an encrypted line")
    .meta({ allowed: "addresses such as nats://127.0.0.1:4222" }),
  username: z.string().min(1).optional().describe("Who this process is there; without it nobody in particular"),
  password: z
    .string()
    .min(1)
    .optional()
    .describe("Password of that user. Better in a file: see `nats.passwordFile`")
    .meta({ secret: true, allowed: "a text that is not empty" }),
  passwordFile: path.optional().describe("File with the password of that user").meta(file),
  tls: z
    .strictObject({
      ca: path
        .optional()
        .describe("Authorities that may have signed the servers' certificates, PEM; without it those that Node trusts")
        .meta(file),
      certificate: path.optional().describe("Certificate to show to a server that asks for one, PEM").meta(file),
      key: path.optional().describe("Key of that certificate, PEM").meta(file),
    })
    .prefault({}),
  replicas: z
    .int()
    .min(1)
    .max(5)
    .optional()
    .describe("Servers that keep each stream. Without it 3 where the servers are a cluster of three or more, else 1"),
  feedBytes: z
    .int()
    .min(16 * 1024 * 1024)
    .default(1024 * 1024 * 1024)
    .describe("Bytes of the newest events that NATS keeps for who follows; what is older is read from the log. Said when the feed is made"),
});

/** What a world on a bus is divided into, and which host this is. */
export const Placement = z.strictObject({
  partitions: z
    .int()
    .min(1)
    .max(512)
    .default(32)
    .describe("Parts that a world's aggregates are divided into among the hosts of a cluster. Cannot be changed while the world runs"),
  host: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "1–64 of A–Z a–z 0–9 _ -")
    .optional()
    .describe("Name of this host of a cluster, as operators see it. Without it that of the machine, with - for each dot")
    .meta({ allowed: "1–64 characters of A–Z a–z 0–9 _ -" }),
  weight: z.int().min(1).max(100).default(1).describe("Share of the partitions that this host should have, next to the others' weights"),
  fewerTypes: z
    .boolean()
    .default(false)
    .describe("Whether this host may know fewer types than the others of its world: for taking a module away, once for each host"),
});

/** Health and metrics of a process of a cluster, for probes and scrapers that have no token. */
export const Status = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").describe("Address where a process of a cluster serves health and metrics, to whoever asks"),
  port: z.int().min(0).max(65_535).default(0).describe("Port of health and metrics of a process of a cluster; 0 for any free one"),
});
