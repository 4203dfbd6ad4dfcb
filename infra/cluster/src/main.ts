import { failProcess, stopOnSignals } from "@aethyr/process";
import { beginWorld } from "./begin-world.ts";
import { databaseOf } from "./cluster-servers.ts";
import { startLocalCluster } from "./local-cluster.ts";
import { filesIn, help, parseOptions, type Options } from "./options.ts";
import { createPainter } from "./paint.ts";
import { banner, serversBanner } from "./banner.ts";
import { defaultPorts } from "./ports.ts";
import { startServersAlone } from "./servers-alone.ts";

/** Of the levels that pino gives its lines. */
const warning = 40;

async function run(options: Options): Promise<void> {
  const { hosts, gateways, "nats-servers": natsServers, data, world, partitions, quiet } = options;
  const database = options.database ?? databaseOf(world);
  const ports = options["any-ports"] ? {} : { ports: defaultPorts };
  // Whoever names modules in the environment names them from here; a process started by hand may be elsewhere.
  const modules = options.modules ?? filesIn(process.env["AETHYR_MODULES"]);
  const paint = createPainter((text) => process.stdout.write(text));
  const say = (msg: string): void => paint("cluster", { msg });
  const stopWith = (stop: () => Promise<void>): void =>
    stopOnSignals({ info: (_, msg) => say(msg), warn: (_, msg) => say(msg), error: (_, msg) => say(msg) }, stop, failProcess);
  const env = modules === undefined ? {} : { env: { AETHYR_MODULES: modules } };
  if (options["servers-only"]) {
    const { "rename-to": renameTo } = options;
    const nats = { servers: natsServers, advertise: true } as const;
    const servers = await startServersAlone({ folder: data, world, database, partitions, nats, ...ports, ...env, renameTo, progress: say });
    stopWith(() => servers.close());
    process.stdout.write(serversBanner(servers, data, renameTo));
    return;
  }
  let isRunning = false;
  const cluster = await startLocalCluster({
    folder: data,
    world,
    database,
    partitions,
    hosts,
    gateways,
    natsServers,
    ...ports,
    ...env,
    progress: say,
    onLine: (name, line) => {
      if (!quiet || Number(line["level"]) >= warning) paint(name, line);
    },
    onEnd({ name, pid, restart }, how) {
      // Before that the start fails as a whole, and afterwards all of them end.
      if (!isRunning) return;
      paint(name, { level: 50, msg: `ended with ${how}; it is started again` });
      restart().then(
        () => paint(name, { level: warning, msg: `runs again, as process ${pid()}` }),
        (error: unknown) => paint(name, { level: 50, msg: String(error) }),
      );
    },
  });
  isRunning = true;
  stopWith(async () => {
    isRunning = false;
    await cluster.close();
  });
  if (await beginWorld(cluster, world)) say("the world was empty: it has the starter world now");
  process.stdout.write(banner(cluster, data));
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else await run(options);
} catch (error) {
  failProcess(error);
  process.exit();
}
