import { resolve } from "node:path";
import {
  createLog,
  failProcess,
  flagsHelp,
  importStarterWorld,
  loadConfig,
  openWorld,
  operatorToken,
  parseFlags,
  stopOnSignals,
  type Config,
} from "@aethyr/embedded";
import { startOperatorApi } from "@aethyr/operator";

const help = `Starts a world in this process, with everything that it needs: nothing else has to run.

Usage: aethyr-standalone [flags]

${flagsHelp()}
  --help, -h          This text

Every flag is also a key of aethyr.config.json and an environment variable (--api-port is api.port and AETHYR_API_PORT); a flag counts more
than the environment, which counts more than the file.

Examples:
  aethyr-standalone                                   a world in ./.aethyr
  aethyr-standalone --data /var/lib/aethyr --api-port 0
  aethyr-standalone --store memory --log-level warn   nothing is kept
`;

async function start(config: Config, warnings: readonly string[]): Promise<void> {
  const log = createLog(config.log);
  for (const warning of warnings) log.warn({}, warning);
  const world = await openWorld({ config, log, importStarterWorld });
  let stop = (): Promise<void> => world.close();
  try {
    const { operations, instance, ready } = world;
    const api = await startOperatorApi({ ...config.api, token: await operatorToken(config), operations, log, instance, ready });
    stop = async () => {
      try {
        await api.close();
      } finally {
        await world.close();
      }
    };
    await world.announce(api.url);
    stopOnSignals(log, stop, failProcess);
    process.stdout.write(banner(config, api.url));
    log.info({ url: api.url, data: config.data, world: config.world, store: config.store }, "the world is running");
  } catch (error) {
    await stop();
    throw error;
  }
}

const banner = ({ world, data, store, modules }: Config, url: string): string => {
  const aethyr = `${data === resolve(".aethyr") ? "" : `AETHYR_DATA=${data} `}npx -y pnpm aethyr`;
  return `
  Aethyr: the world "${world}" is running${store === "memory" ? ", in memory only" : ""}.

  Operator API   ${url}
  Data folder    ${data}${modules.map((module) => `\n  Module         ${module}`).join("")}

  Look around    ${aethyr} world stats
                 ${aethyr} command list
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
