import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { storeOfWorld } from "@aethyr/embedded";
import { immudbAddress, immudbNames, initImmudbStore, type Administrator, type InitStoreReport } from "@aethyr/process/immudb";
import { serverStatus } from "@aethyr/servers";
import { CliError, UsageError } from "../errors.ts";
import { typed } from "../how-to-type.ts";
import { readStdin } from "../read-stdin.ts";
import type { Row } from "../output/rows.ts";
import { verb, type Call } from "../verb.ts";

type Options = {
  readonly address?: string;
  readonly adminUser?: string;
  readonly adminPasswordFile?: string;
  readonly newPasswords?: true;
};

export const storeInit = verb<Options>({
  name: "init",
  summary: "makes ready an ImmuDB for the world: databases, users with few rights, their passwords",
  details:
    "Needs the server's administrator: of the server that `servers start` has for this data folder it is known, of another one it is named. Passwords go to files in the data folder and are never shown. Safe to run again: what is there stays as it is.",
  examples: [
    ["store init", "on the server of this data folder, see servers start"],
    ["store init --address db.example.org:3322 --admin-password-file ./admin", "on another server"],
    ["store init --new-passwords", "gives the users of the world new passwords"],
  ],
  define: (command) =>
    command
      .option("--address <host:port>", "the server, instead of the configured or known one; kept for later starts")
      .option("--admin-user <name>", "its administrator (default: immudb)")
      .option("--admin-password-file <file>", "file with the administrator's password, - for standard input")
      .option("--new-passwords", "new passwords for the users, also where they have some; whoever uses the old ones is locked out"),
  async run(call) {
    const { config } = call.config();
    const { address, newPasswords = false } = call.options;
    if (address !== undefined && !/^\S+:\d{1,5}$/.test(address)) throw new UsageError(`"${address}" is no address: write HOST:PORT`);
    call.notes.progress(`making ready ${address ?? (await immudbAddress(config))}`);
    const report = await initImmudbStore({
      config,
      administrator: await administratorOf(call),
      newPasswords,
      ...(address !== undefined && { address }),
    }).finally(() => call.notes.clear());
    const settings = settingsFor(call, report);
    await call.print.one({ ...report, settings }, rowsOf(report));
    for (const { username, file } of report.users)
      if (file === undefined)
        call.notes.warn(`${username} has a password already, which is not known here: --new-passwords gives it a new one`);
    if (call.print.format !== "table") return;
    if ((await storeOfWorld(config.data)) === "sqlite") {
      call.notes.note(`the world in ${config.data} has its events in SQLite: stop it and move it first, with`);
      call.notes.note(`  ${typed("store migrate --from sqlite --to immudb")}`);
      call.notes.note(
        "or name an empty data folder to begin another one. From then on it uses this with AETHYR_STORE=immudb; one elsewhere needs",
      );
    } else call.notes.note("a world on this data folder uses it with AETHYR_STORE=immudb; one elsewhere needs");
    for (const [name, value] of Object.entries(settings).slice(1)) call.notes.note(`  ${name}=${value}`);
  },
});

async function administratorOf({ config, io, options }: Call<Options>): Promise<Administrator> {
  const { adminUser: username = "immudb", adminPasswordFile: file } = options;
  if (file === "-") return { username, password: (await readStdin(io)).trim() };
  if (file !== undefined) return { username, password: (await readFile(resolve(io.pathsFrom, file), "utf8")).trim() };
  const { config: configured } = config();
  const { address, adminPasswordFile } = await serverStatus("immudb", configured.data, io.env);
  const wanted = options.address ?? (await immudbAddress(configured));
  if (address === wanted && adminPasswordFile !== undefined)
    return { username, password: (await readFile(adminPasswordFile, "utf8")).trim() };
  throw new CliError(
    "administrator_unknown",
    address === undefined
      ? `no ImmuDB runs for this data folder: start one with "npx -y pnpm aethyr servers start immudb", or name the administrator of ${wanted} with --admin-password-file`
      : `the administrator of ${wanted} is not known: name it with --admin-user and --admin-password-file`,
    { address: wanted },
  );
}

/** What a configuration says so that a world uses this; on this data folder the first is enough. */
function settingsFor(call: Call<Options>, { address, users }: InitStoreReport): Readonly<Record<string, string>> {
  const { database, username } = immudbNames(call.config().config);
  const file = users.find((user) => user.username === username)?.file;
  return {
    AETHYR_STORE: "immudb",
    AETHYR_IMMUDB_ADDRESS: address,
    AETHYR_IMMUDB_DATABASE: database,
    AETHYR_IMMUDB_USERNAME: username,
    ...(file !== undefined && { AETHYR_IMMUDB_PASSWORD_FILE: file }),
  };
}

function rowsOf({ address, databases, users }: InitStoreReport): readonly Row[] {
  return [
    ["server", address],
    ...databases.map(({ name, holds, state }): Row => ["database", `${name} (${holds}), ${state}`]),
    ...users.flatMap(({ username, may, state, file }): readonly Row[] => [
      ["user", `${username} (may ${may}), ${state.replace("_", " ")}`],
      ["  password in", file ?? "(not known here)"],
    ]),
  ];
}
