import { help, parseOptions } from "./options.ts";
import { natsServerConfig } from "./server-config.ts";

try {
  const options = parseOptions(process.argv.slice(2));
  process.stdout.write(options.help ? help : natsServerConfig(options.config));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
