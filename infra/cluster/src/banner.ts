import { relative } from "node:path";
import type { LocalCluster } from "./local-cluster.ts";
import type { ServersAlone } from "./servers-alone.ts";

/** What somebody who has started a cluster is told: where everything is, and what to try. */
export function banner({ services, servers, consoleFolder, envFolder }: LocalCluster, data: string): string {
  const all = [...services.values()];
  const players = all.flatMap(({ kind, facts }) => {
    if (kind !== "gateway") return [];
    const { telnet, websocket } = facts();
    return [`telnet ${String(telnet).replace(":", " ")}${typeof websocket !== "string" ? "" : `   or ${websocket}`}`];
  });
  const pids = all.flatMap(({ kind, name, pid }) => (kind === "actor-host" ? [`${name} is process ${pid()}`] : []));
  const aethyr = `AETHYR_DATA=${near(consoleFolder)} npx -y pnpm aethyr`;
  return `
  Aethyr: the cluster is running. Ctrl-C stops all of it; it goes on where it was at the next start.

  Play           ${players.join(below)}
  Operator API   ${String(all.find(({ kind }) => kind === "console")?.facts()["url"])}
${serverLines(servers)}
  Hosts          ${pids.join(", ")}
  Data folder    ${data}

  Look around    ${aethyr} partitions list
                 ${aethyr} world stats
  Break it       kill -9 one of the hosts, and go on playing
  By hand        . ${near(envFolder)}/host.env   has users and passwords for one more host; console.env, node.env …

`;
}

/** What somebody is told who has the servers of a cluster and none of its processes. */
export const serversBanner = ({ servers, envFolder }: ServersAlone, data: string, renameTo: string | undefined): string => `
  Aethyr: the servers are running, and no process of the world. Ctrl-C stops them.

${serverLines(servers)}
  Data folder    ${data}

  By hand        . ${near(envFolder)}/${renameTo === undefined ? "host" : "rename"}.env   and then, in the same shell:
                 npx -y pnpm aethyr ${renameTo === undefined ? "partitions resize 64" : `world rename ${renameTo}`} --dry-run

`;

function serverLines({ nats, immudb, postgres }: LocalCluster["servers"]): string {
  const each = nats.map(({ url, pid }) => (nats.length === 1 ? url : `${url} (process ${pid})`));
  return `  NATS           ${each.join(below)}
  ImmuDB         ${immudb.address}
  PostgreSQL     ${postgres.address}`;
}

const below = "\n                 ";

function near(path: string): string {
  const from = relative(process.cwd(), path);
  return from.startsWith("..") ? path : from;
}
