import { isPortFree } from "@aethyr/servers";

/** First ports of each kind: each further gateway takes the next two, each further NATS server the next one. */
export type ClusterPorts = {
  readonly telnet: number;
  readonly websocket: number;
  readonly api: number;
  readonly nats: number;
  readonly immudb: number;
  readonly postgres: number;
};

/** Those of the servers are none that these servers have by themselves, as such a server may run beside the cluster. */
export const defaultPorts: ClusterPorts = { telnet: 4000, websocket: 4001, api: 7377, nats: 7401, immudb: 7411, postgres: 7421 };

/** Something else listens where the cluster is to. */
class PortsTakenError extends Error {
  readonly code = "ports_taken";
  override readonly name = "PortsTakenError";
}

/** Asks, before anything is made, whether all ports can be had. Rejects with `PortsTakenError`, which names those that cannot. */
export async function checkPorts(
  { telnet, websocket, api, nats, immudb, postgres }: ClusterPorts,
  counts: { readonly gateways: number; readonly natsServers: number },
): Promise<void> {
  const gateways = Array.from({ length: counts.gateways }, (_, number) => number);
  const wanted: readonly (readonly [string, number])[] = [
    ...gateways.flatMap((number) => [["telnet", telnet + 2 * number] as const, ["WebSocket", websocket + 2 * number] as const]),
    ["the operator API", api],
    ...Array.from({ length: counts.natsServers }, (_, number) => ["NATS", nats + number] as const),
    ["ImmuDB", immudb],
    ["PostgreSQL", postgres],
  ];
  const looked = await Promise.all(wanted.map(async ([what, port]) => ((await isPortFree(port)) ? [] : [`${port} (${what})`])));
  const taken = looked.flat();
  if (taken.length === 0) return;
  throw new PortsTakenError(
    `something else listens on ${taken.join(", ")}: stop it, such as another world or cluster on this machine, or start with --any-ports; ` +
      "nothing was started",
  );
}
