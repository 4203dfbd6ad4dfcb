import { relative, resolve } from "node:path";
import { checkAddresses, openWorld } from "@aethyr/embedded";
import { importStarterWorld } from "@aethyr/import";
import { startOperatorApi } from "@aethyr/operator";
import {
  createClosers,
  createLog,
  failProcess,
  findRunning,
  flagsHelp,
  loadConfig,
  operatorToken,
  parseFlags,
  stopOnSignals,
  type Config,
} from "@aethyr/process";
import { openPlayers, type Players } from "@aethyr/process/players";

const help = `Starts a world in this process, with everything that it needs: nothing else has to run.

Usage: npx -y pnpm start [flags]

${flagsHelp()}
  --help, -h          This text

Every flag is also a key of aethyr.config.json and an environment variable (--api-port is api.port and AETHYR_API_PORT); a flag counts more
than the environment, which counts more than the file.

Examples:
  npx -y pnpm start                                   a world in ./.aethyr
  npx -y pnpm start --data /var/lib/aethyr --api-port 0
  npx -y pnpm start --store memory --log-level warn   nothing is kept
`;

async function start(config: Config, warnings: readonly string[]): Promise<void> {
  const log = createLog(config.log);
  for (const warning of warnings) log.warn({}, warning);
  // Nothing is made for a world that nobody could reach; who has the folder already is told by the folder.
  if ((await findRunning(config.data)) === undefined) await checkAddresses(config);
  const { opened, close } = createClosers();
  const onStopped = (reason: Error): void => {
    failProcess(reason);
    close().catch(failProcess);
  };
  try {
    const world = opened(await openWorld({ config, log, importStarterWorld, readModels: true, onStopped }));
    const { operations, instance, ready } = world;
    const token = await operatorToken(config);
    const api = opened(await startOperatorApi({ ...config.api, token, operations, log, instance, ready }));
    const players = await openPlayers(world, config, log);
    if (players !== undefined) opened(players);
    await world.announce(api.url);
    stopOnSignals(log, close, failProcess);
    process.stdout.write(banner(config, api.url, players, world.unknownTypes));
    log.info({ url: api.url, data: config.data, world: config.world, store: config.store }, "the world is running");
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is not there is easily missed in the log. */
const missingModule = (
  unknown: readonly string[],
): string => `  WARNING        A module is missing. This world's history has what nothing here knows:
                 ${unknown.slice(0, 6).join(", ")}${unknown.length > 6 ? `, and ${unknown.length - 6} more` : ""}
                 Nothing that has it can be read or changed. Stop, and start with --modules FILE,
                 or name the file as \`modules\` in aethyr.config.json`;

/** The command line knows modules that are in the configuration file, and those that it is told of. */
const modulesFlag = (modules: readonly string[]): string =>
  modules.length === 0 ? "" : ` --modules ${modules.map((module) => nearPath(module)).join(",")}`;

const nearPath = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith("..") ? path : near;
};

const banner = ({ world, data, store, modules }: Config, url: string, players: Players | undefined, unknown: readonly string[]): string => {
  const aethyr = `${data === resolve(".aethyr") ? "" : `AETHYR_DATA=${data} `}npx -y pnpm aethyr`;
  return `
  Aethyr: the world "${world}" is running${store === "memory" ? ", in memory only" : ""}.

${players === undefined ? "" : `  Play           telnet ${players.telnet.replace(":", " ")}\n                 ${players.websocket} (WebSocket)\n`}  Operator API   ${url}
  Data folder    ${data}${modules.map((module) => `\n  Module         ${module}`).join("")}${unknown.length === 0 ? "" : `\n\n${missingModule(unknown)}`}

  Look around    ${aethyr} world stats
                 ${aethyr} command list${modulesFlag(modules)}
                 ${aethyr} events tail --follow

`;
};

try {
  const { flags, help: asked } = parseFlags(process.argv.slice(2));
  const loaded = asked ? undefined : loadConfig({ flags });
  if (loaded === undefined) process.stdout.write(help);
  else await start(loaded.config, loaded.warnings);
} catch (error) {
  failProcess(error);
}
