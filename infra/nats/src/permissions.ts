/** Who connects to NATS. `node` is a game node of anybody's, in any language; `browser` one that listens and says nothing. */
export const roles = ["host", "relay", "projector", "gateway", "console", "node", "browser"] as const;
export type Role = (typeof roles)[number];

/** Subjects that a role may publish to, and subscribe to; all others are refused by the server. */
export type Permissions = { readonly publish: readonly string[]; readonly subscribe: readonly string[] };

/** Replies of senders may be awaited in any inbox of a role. */
const inbox = (role: Role): string => `_INBOX_${role}.>`;

const info = (stream: string): string => `$JS.API.STREAM.INFO.${stream}`;

/** Look at a stream, and at its messages one by one. */
const look = (stream: string): readonly string[] => [
  info(stream),
  `$JS.API.STREAM.MSG.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}.>`,
];

/** Read a consumer that is there, and say what was dealt with. */
const consume = (stream: string): readonly string[] => [
  `$JS.API.CONSUMER.INFO.${stream}.*`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
  `$JS.API.CONSUMER.DELETE.${stream}.*`,
  // Two forms, the later one of servers that put domain and account into it.
  `$JS.ACK.${stream}.>`,
  `$JS.ACK.*.*.${stream}.>`,
  `$JS.FC.${stream}.>`,
];

/** Follow a stream by consumers of one's own. */
const follow = (stream: string): readonly string[] => [
  ...look(stream),
  `$JS.API.CONSUMER.CREATE.${stream}`,
  `$JS.API.CONSUMER.CREATE.${stream}.>`,
  ...consume(stream),
];

const bucketStream = (bucket: string, world: string): string => `KV_${bucket}_${world}`;
const entries = (bucket: string, world: string): string => `$KV.${bucket}_${world}.>`;
const make = (stream: string): readonly string[] => [info(stream), `$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.UPDATE.${stream}`];

/**
 * What whoever gives a stopped world another name may do: take what waits, keys and letters from the one, make and fill the other. The log is
 * not on NATS, and the rest of the old world stays out of reach.
 */
export function renamingPermissions(from: string, to: string): Permissions {
  const bucket = (world: string) => (name: string) => bucketStream(name, world);
  const queue = `CMD_${from}`;
  return {
    publish: [
      "$JS.API.INFO",
      ...[queue, `CMD_${to}`, `EVT_${to}`, `DLQ_${to}`].flatMap(make),
      ...["members", "leases", "pins", "keys", "world"].map(bucket(from)).flatMap(make),
      ...["keys", "world"].map(bucket(to)).flatMap(make),
      ...["members", "leases", "pins", "keys"].map(bucket(from)).flatMap(follow),
      ...[bucket(from)("world"), bucket(to)("world"), bucket(to)("keys"), `DLQ_${from}`, `DLQ_${to}`].flatMap(look),
      ...[queue, `CMD_${to}`].map((lane) => `$JS.API.STREAM.MSG.GET.${lane}`),
      `$JS.API.CONSUMER.NAMES.${queue}`,
      `$JS.API.CONSUMER.DELETE.${queue}.*`,
      `$JS.API.STREAM.MSG.DELETE.${queue}`,
      `$JS.API.STREAM.MSG.DELETE.${bucket(from)("keys")}`,
      entries("world", from),
      entries("world", to),
      entries("keys", to),
      `carry.${to}.*.*`,
      `dlq.${to}.*.*`,
    ],
    subscribe: [inbox("host"), `beat.${from}.*`],
  };
}

/** What one role may do in a world: what its work needs, and nothing else. */
export function permissionsOf(role: Role, world: string): Permissions {
  const [queue, feed, letters] = [`CMD_${world}`, `EVT_${world}`, `DLQ_${world}`];
  const bucket = (name: string): string => bucketStream(name, world);
  const everybody = ["$JS.API.INFO"];
  const requests = [`req.${world}.*.*`, `req.${world}.*.*.*`];
  const sending = [`cmd.${world}.*.*`, ...requests];
  const hints = `hint.${world}.>`;
  switch (role) {
    case "host":
      return {
        publish: [
          ...everybody,
          // It begins the world: streams and buckets are its to make.
          ...[queue, feed, letters, ...["members", "leases", "pins", "keys", "world", "leaders"].map(bucket)].flatMap(make),
          ...consume(queue),
          `$JS.API.CONSUMER.CREATE.${queue}.>`,
          `$JS.API.CONSUMER.NAMES.${queue}`,
          // To divide a stopped world anew, with what waits: `aethyr partitions resize` is run with a host's configuration.
          `$JS.API.STREAM.MSG.GET.${queue}`,
          `$JS.API.STREAM.MSG.DELETE.${queue}`,
          `carry.${world}.*.*`,
          // A board is followed, keys and the world's record are looked up.
          ...["members", "leases", "pins", "keys"].map(bucket).flatMap(follow),
          ...look(bucket("world")),
          ...["members", "leases", "pins", "keys", "world"].map((name) => entries(name, world)),
          // To overwrite the bytes of a forgotten key.
          `$JS.API.STREAM.MSG.DELETE.${bucket("keys")}`,
          // What it passes on to the owner of another partition.
          ...requests,
          `dlq.${world}.*.*`,
          `hint.${world}.>`,
          `beat.${world}.*`,
          // Hosts ask each other.
          `own.${world}.*`,
          // Answers, to whoever sends commands or asks.
          ...(["host", "gateway", "console", "node"] as const).map(inbox),
          // Where the server has replies to another account pass.
          "_R_.>",
        ],
        subscribe: [inbox(role), `req.${world}.>`, hints, `beat.${world}.*`, `ctl.${world}.*`, `own.${world}.*`],
      };
    case "relay":
      return {
        publish: [
          ...everybody,
          info(queue),
          ...look(feed),
          // The log fills it at any time, so whoever fills it may make it again.
          `$JS.API.STREAM.CREATE.${feed}`,
          `evt.${world}.*.*`,
          ...look(bucket("world")),
          ...look(bucket("leaders")),
          entries("leaders", world),
        ],
        subscribe: [inbox(role), hints],
      };
    case "projector":
      return { publish: [...everybody, info(queue), ...follow(feed), ...look(bucket("world"))], subscribe: [inbox(role)] };
    case "gateway":
      return {
        publish: [
          ...everybody,
          info(queue),
          ...follow(feed),
          ...look(bucket("world")),
          ...look(bucket("keys")),
          ...sending,
          `say.${world}`,
        ],
        subscribe: [inbox(role), `say.${world}`],
      };
    case "console":
      return {
        publish: [
          ...everybody,
          info(queue),
          ...follow(feed),
          ...look(letters),
          `$JS.API.STREAM.MSG.DELETE.${letters}`,
          ...look(bucket("world")),
          ...["members", "leases", "pins"].map(bucket).flatMap(follow),
          entries("pins", world),
          ...sending,
          `ctl.${world}.*`,
        ],
        subscribe: [inbox(role), `beat.${world}.*`],
      };
    case "node":
      // No consumers: the server lets whoever makes one have its messages delivered to any subject of the stream's account.
      return { publish: [...everybody, ...sending, ...look(feed)], subscribe: [inbox(role), `evt.${world}.*.*`] };
    case "browser":
      return { publish: [], subscribe: [inbox(role), `ui.${world}.>`] };
  }
}
