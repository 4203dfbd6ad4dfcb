import { relative } from "node:path";
import { failProcess, stopOnSignals } from "@aethyr/embedded";
import { beginWorld } from "./begin-world.ts";
import { startLocalCluster, type LocalCluster } from "./local-cluster.ts";
import { help, parseOptions, type Options } from "./options.ts";
import { createPainter } from "./paint.ts";

/** Of the levels that pino gives its lines. */
const warning = 40;
const defaultPorts = { telnet: 4000, websocket: 4001, api: 7377 };

async function run({ hosts, gateways, data, world, quiet, "any-ports": anyPorts }: Options): Promise<void> {
  const paint = createPainter((text) => process.stdout.write(text));
  const say = (msg: string): void => paint("cluster", { msg });
  let stopping = false;
  const cluster = await startLocalCluster({
    folder: data,
    world,
    hosts,
    gateways,
    ...(anyPorts ? {} : { ports: defaultPorts }),
    progress: say,
    onLine: (name, line) => {
      if (!quiet || Number(line["level"]) >= warning) paint(name, line);
    },
    onEnd({ name, restart }, how) {
      if (stopping) return;
      paint(name, { level: 50, msg: `ended with ${how}; it is started again` });
      restart().catch((error: unknown) => paint(name, { level: 50, msg: String(error) }));
    },
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    await cluster.close();
  };
  stopOnSignals({ info: (_, msg) => say(msg), warn: (_, msg) => say(msg), error: (_, msg) => say(msg) }, stop, failProcess);
  if (await beginWorld(cluster, world)) say("the world was empty: it has the starter world now");
  process.stdout.write(banner(cluster, data));
}

function banner({ services, servers, consoleFolder }: LocalCluster, data: string): string {
  const all = [...services.values()];
  const telnets = all.flatMap(({ kind, facts }) => (kind === "gateway" ? [String(facts()["telnet"]).replace(":", " ")] : []));
  const pids = all.flatMap(({ kind, name, pid }) => (kind === "actor-host" ? [`${name} is process ${pid()}`] : []));
  const near = relative(process.cwd(), consoleFolder);
  const aethyr = `AETHYR_DATA=${near.startsWith("..") ? consoleFolder : near} npx -y pnpm aethyr`;
  return `
  Aethyr: the cluster is running. Ctrl-C stops all of it; it goes on where it was at the next start.

  Play           ${telnets.map((address) => `telnet ${address}`).join("\n                 ")}
  Operator API   ${String(all.find(({ kind }) => kind === "console")?.facts()["url"])}
  NATS           ${servers.nats.url}
  Hosts          ${pids.join(", ")}
  Data folder    ${data}

  Look around    ${aethyr} partitions list
                 ${aethyr} world stats
  Break it       kill -9 one of the hosts, and go on playing

`;
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else await run(options);
} catch (error) {
  failProcess(error);
  process.exit();
}
