import { accounts, crossingsOf, worldAccount, type Crossing } from "./accounts.ts";
import { permissionsOf, renamingPermissions, type Permissions, type Role } from "./permissions.ts";

export type NatsServerConfig = {
  readonly world: string;
  /** As the file shall have them: a bcrypt hash, the text itself, or `$NAME` for a variable of the server's environment. */
  readonly passwords: Readonly<Record<Role, string>>;
  /** A user named `administrator` who may do everything in the account, such as empty a stream; without a password there is none. */
  readonly administrator?: string;
  /** For the time in which the world is given another name: a user named `rename`, who may do just that. */
  readonly renaming?: { readonly to: string; readonly password: string };
  /** Partitions of the world's commands: the server then puts them into the subjects of requests itself, which saves a hop. */
  readonly partitions: number;
  /** Files in PEM form; without them nothing is encrypted. With `ca` clients must show a certificate of that authority. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** Port for browsers and other WebSocket clients, and the origins of pages that may use it; none means only its own. */
  readonly websocket?: { readonly port: number; readonly origins: readonly string[] };
  /** Where JetStream keeps its files; without it JetStream is as the command line says. */
  readonly storeDir?: string;
};

/**
 * The configuration of a nats-server for one world: accounts with a user for each role, who may do what the role needs. Throws `RangeError`
 * for a world that cannot be.
 */
export function natsServerConfig({
  world,
  passwords,
  administrator,
  renaming,
  partitions,
  tls,
  websocket,
  storeDir,
}: NatsServerConfig): string {
  // It stands in subjects, where a star or a dot would open other worlds.
  for (const name of renaming === undefined ? [world] : [world, renaming.to])
    if (!/^[a-z0-9-]{1,32}$/.test(name))
      throw new RangeError(`a world's name is 1–32 characters of a–z 0–9 -, not ${JSON.stringify(name)}`);
  const crossings = crossingsOf(world);
  const blocks = accounts.map(({ name, roles }) => {
    const users = roles.map((role) => userBlock(role, permissionsOf(role, world), passwords[role]));
    const isWorld = name === worldAccount;
    if (isWorld && administrator !== undefined) users.push(`      { user: administrator, password: ${quoted(administrator)} }`);
    if (isWorld && renaming !== undefined) users.push(userBlock("rename", renamingPermissions(world, renaming.to), renaming.password));
    const crossing = crossings.find(({ account }) => account === name);
    return `  ${name}: {
${isWorld ? `    jetstream: enabled\n${mappings(world, partitions)}${exportsBlock(crossings)}` : ""}${crossing === undefined ? "" : importsBlock(crossing)}    users: [
${users.join("\n")}
    ]
  }`;
  });
  return `# Who may do what in the world "${world}": made by infra/nats, see docs/operations/cluster.md.
accounts: {
${blocks.join("\n")}
}

jetstream: {
  # What is acknowledged is on the disk: keys of what is sealed, and commands that wait. The server's own is once in two minutes.
  sync_interval: always
${storeDir === undefined ? "" : `  store_dir: ${quoted(storeDir)}\n`}}
${tls === undefined ? "" : tlsBlock(tls)}${websocket === undefined ? "" : websocketBlock(websocket, tls)}`;
}

function userBlock(user: string, { publish, subscribe }: Permissions, password: string): string {
  return `      {
        user: ${user}
        password: ${quoted(password)}
        permissions: {
          publish: ${rule(publish)}
          subscribe: ${rule(subscribe)}
        }
      }`;
}

const mappings = (world: string, partitions: number): string => `    mappings: {
      "req.${world}.*.*": "req.${world}.{{partition(${partitions},1,2)}}.{{wildcard(1)}}.{{wildcard(2)}}"
    }
`;

const exportsBlock = (crossings: readonly Crossing[]): string => `    exports: [
${crossings
  .flatMap(({ account, services, streams }) => [
    ...services.map(
      ({ subject, answers }) =>
        `      { service: ${quoted(subject)}, ${answers === "many" ? "response_type: stream, " : ""}accounts: [${account}] }\n`,
    ),
    ...streams.map((subject) => `      { stream: ${quoted(subject)}, accounts: [${account}] }\n`),
  ])
  .join("")}    ]
`;

const importsBlock = ({ services, streams }: Crossing): string => `    imports: [
${[...services.map(({ subject }) => ["service", subject] as const), ...streams.map((subject) => ["stream", subject] as const)]
  .map(([kind, subject]) => `      { ${kind}: { account: ${worldAccount}, subject: ${quoted(subject)} } }\n`)
  .join("")}    ]
`;

function tlsBlock({ cert, key, ca }: NonNullable<NatsServerConfig["tls"]>): string {
  const authority = ca === undefined ? "" : `\n  ca_file: ${quoted(ca)}\n  verify: true`;
  return `
tls: {
  cert_file: ${quoted(cert)}
  key_file: ${quoted(key)}${authority}
}
`;
}

function websocketBlock({ port, origins }: NonNullable<NatsServerConfig["websocket"]>, tls: NatsServerConfig["tls"]): string {
  const encryption = tls === undefined ? "no_tls: true" : `tls: { cert_file: ${quoted(tls.cert)}, key_file: ${quoted(tls.key)} }`;
  return `
websocket: {
  port: ${port}
  ${encryption}
${origins.length === 0 ? "  same_origin: true" : `  allowed_origins: ${list(origins)}`}
}
`;
}

/** Variables of the environment stand without quotes. */
const quoted = (text: string): string => (/^\$[A-Z_][A-Z0-9_]*$/.test(text) ? text : JSON.stringify(text));
/** An empty list of what is allowed would allow everything. */
const rule = (allowed: readonly string[]): string =>
  allowed.length === 0
    ? '{ deny: [">"] }'
    : `{ allow: [\n${[...new Set(allowed)].map((subject) => `            ${JSON.stringify(subject)}\n`).join("")}          ] }`;
const list = (items: readonly string[]): string => `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
