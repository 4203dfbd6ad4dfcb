import { z } from "zod";

const databasePattern = /^[a-z0-9_]{1,110}$/;
const path = z.string().min(1);
const file = { allowed: "path of a file" };

/** Where an ImmuDB is and who the world is there. What is left out is found by itself after `aethyr store init`. */
export const Immudb = z.strictObject({
  address: z
    .string()
    .regex(/^\S+:\d{1,5}$/, "host:port")
    .optional()
    .describe(
      "Address of the server. Without it the one that `aethyr store init` was told, else the server that `aethyr servers start` has for this data folder, else `127.0.0.1:3322`",
    )
    .meta({ allowed: "host:port" }),
  database: z
    .string()
    .regex(databasePattern, "1–110 of a–z 0–9 _")
    .optional()
    .describe(
      "Database of the events; snapshots are in one of the same name and `_snapshots`. Without it the world's name, with `_` for `-`",
    )
    .meta({ allowed: "1–110 of a–z 0–9 _" }),
  username: z
    .string()
    .min(1)
    .optional()
    .describe("Who the world is there. Without it the user that `aethyr store init` makes: the name of the database and `_append`"),
  password: z
    .string()
    .min(1)
    .optional()
    .describe("Password of that user. Better in a file: see `immudb.passwordFile`")
    .meta({ secret: true, allowed: "a text that is not empty" }),
  passwordFile: path
    .optional()
    .describe("File with the password. Without it the one that `aethyr store init` made in the data folder, mode 600")
    .meta(file),
  tls: z
    .strictObject({
      enabled: z
        .boolean()
        .optional()
        .describe("Whether the connection is encrypted. Without it: if one of the files below is named, or a server name"),
      ca: path
        .optional()
        .describe("Authorities that may have signed the server's certificate, PEM; without it those that Node trusts")
        .meta(file),
      certificate: path.optional().describe("Certificate to show to a server that asks for one, PEM").meta(file),
      key: path.optional().describe("Key of that certificate, PEM").meta(file),
      serverName: z
        .string()
        .min(1)
        .optional()
        .describe("Name that the server's certificate must be for; without it the host of the address"),
    })
    .prefault({}),
  signingKey: path
    .optional()
    .describe("Public key of the server's signing key, PEM: states of the log that it did not sign are then refused")
    .meta(file),
});
