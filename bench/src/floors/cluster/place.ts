/** What the processes of the floor are told: the same servers as the system's, another world on NATS and another database. */
export type FloorPlace = {
  readonly nats: { readonly servers: string[]; readonly user: string; readonly pass: string };
  readonly immudb: {
    readonly address: string;
    readonly database: string;
    readonly login: { readonly username: string; readonly password: string };
  };
  readonly world: string;
  readonly partitions: number;
};

/** A command of the floor, as JSON; `value` fills it up to the bytes of the system's. */
export type BareCommand = {
  readonly id: string;
  readonly type: string;
  readonly target: { readonly type: string; readonly id: string };
  readonly data: unknown;
};

export type BareReply = {
  readonly code: "accepted";
  readonly command: string;
  readonly position: number;
  readonly changed: readonly unknown[];
};

/** As in the log of the system: transaction and place in it. */
export const positionsPerTx = 1024;
/** No key of an event or a command was written in it. */
export const genesisTx = 1;

export const bareClusterDoes =
  "bare client, host and relay of their own on the same servers (another world, another database): same subjects, streams and `Set`s with fence, " +
  "preconditions and command key, at most 256 commands each and 2 in flight, the feed published in order; no rules, no checks";
