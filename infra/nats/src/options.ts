import { parseArgs } from "node:util";
import { roles } from "./permissions.ts";
import type { NatsServerConfig } from "./server-config.ts";

export const help = `Prints the configuration of a nats-server for one world: users, and what each may do.

Usage: node infra/nats/src/main.ts [flags] > nats-server.conf

  --world NAME        Name of the world [aethyr]
  --partitions N      Parts that its aggregates are divided into, as the hosts' placement.partitions [32]
  --rename-to NAME    Another name that the world is about to get: a user "rename" may give it that, with NATS_PASSWORD_RENAME
  --store-dir DIR     Where JetStream keeps its files; without it as the server's command line says
  --tls-cert FILE     Certificate of the server, PEM; with --tls-key all lines are encrypted
  --tls-key FILE      Its key
  --tls-ca FILE       Authorities of clients' certificates, which are then asked for
  --websocket-port N  Port for browsers and other WebSocket clients; without it there is none
  --origin URL        A page's origin that may use it, such as https://play.example; as often as there are any
  --help, -h          This text

Passwords are not in it: it names variables of the server's environment, NATS_PASSWORD_${roles[0].toUpperCase()} and so on, one for each role:
${roles.join(", ")}.

Example:
  node infra/nats/src/main.ts --world midgaard --websocket-port 8443 --origin https://play.example > nats-server.conf
`;

export type Options = { readonly help: true } | { readonly help: false; readonly config: NatsServerConfig };

/** Where the server finds the password of each role: in its environment. */
export const passwordVariables = Object.fromEntries(
  roles.map((role) => [role, `$NATS_PASSWORD_${role.toUpperCase()}`]),
) as NatsServerConfig["passwords"];

/** Reads the flags. Throws a `TypeError` for an unknown one, and a `RangeError` for a wrong value. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: args.filter((argument) => argument !== "--"),
    options: {
      world: { type: "string", default: "aethyr" },
      partitions: { type: "string", default: "32" },
      "rename-to": { type: "string" },
      "store-dir": { type: "string" },
      "tls-cert": { type: "string" },
      "tls-key": { type: "string" },
      "tls-ca": { type: "string" },
      "websocket-port": { type: "string" },
      origin: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return { help: true };
  const {
    "rename-to": to,
    "tls-cert": cert,
    "tls-key": key,
    "tls-ca": ca,
    "store-dir": storeDir,
    "websocket-port": port,
    origin: origins,
  } = values;
  if ((cert === undefined) !== (key === undefined)) throw new RangeError("--tls-cert and --tls-key go together");
  if (ca !== undefined && cert === undefined) throw new RangeError("--tls-ca is of no use without --tls-cert and --tls-key");
  if (port === undefined && origins.length > 0) throw new RangeError("--origin is of no use without --websocket-port");
  return {
    help: false,
    config: {
      world: values.world,
      partitions: whole("--partitions", values.partitions, 512),
      passwords: passwordVariables,
      ...(to === undefined ? {} : { renaming: { to, password: "$NATS_PASSWORD_RENAME" } }),
      ...(storeDir === undefined ? {} : { storeDir }),
      ...(cert === undefined || key === undefined ? {} : { tls: { cert, key, ...(ca === undefined ? {} : { ca }) } }),
      ...(port === undefined ? {} : { websocket: { port: whole("--websocket-port", port, 65_535), origins } }),
    },
  };
}

function whole(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) throw new RangeError(`${flag} is a whole number from 1 to ${most}, not ${text}`);
  return value;
}
