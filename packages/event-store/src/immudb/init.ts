import { randomUUID } from "node:crypto";
import { z } from "zod";
import { openChannel, type Channel } from "./channel.ts";
import { checkSettings, ourSettings } from "./database-settings.ts";
import { ForeignStoreError } from "../errors.ts";
import { failureOf, onSnapshots, said, unavailable } from "./error-map.ts";
import { checkGenesis, writeGenesis, type Holds } from "./genesis.ts";
import { encodeCreateDatabase } from "./messages.ts";
import { checkOptions, ImmudbPlace, snapshotsDatabaseOf } from "./place.ts";
import { openSession, type Login, type Session } from "./session.ts";
import { changePassword, createUser, generatePassword, grant, listUsers, permissions, UserLogin } from "./users.ts";

const InitOptions = ImmudbPlace.extend({
  users: z.object({ append: UserLogin.optional(), read: UserLogin.optional() }).optional(),
  /** Told of each user as soon as it is as reported, so that its password can be kept before anything else can fail; is waited for. */
  onUser: z.custom<(user: InitializedUser, may: "append" | "read") => Promise<void>>((value) => typeof value === "function").optional(),
});

/** The login is one that may create databases and users: the server's administrator. */
export type InitImmudbOptions = Readonly<z.infer<typeof InitOptions>>;

export type InitializedDatabase = { readonly name: string; readonly holds: Holds; readonly state: "created" | "existed" };

/** `generated` is the password of a user that was created without one given: it can be told only now. */
export type InitializedUser = {
  readonly username: string;
  readonly state: "created" | "existed" | "password_changed";
  readonly generated?: string;
};

export type InitReport = {
  readonly databases: readonly [events: InitializedDatabase, snapshots: InitializedDatabase];
  /** `append` may read and write both databases, `read` may only read them. */
  readonly users: { readonly append: InitializedUser; readonly read: InitializedUser };
};

/** The database in which a session may ask for another. */
const systemDatabase = "defaultdb";

/**
 * Makes ready what a log needs, and tells what it did: two databases with the settings that it needs and their first records, a user that
 * may append and one that may only read. What exists is left as it is, except that users get the permission that they lack, and the password
 * that is given for them if it is not theirs. Users without a name given are called after the database.
 * Rejects with `invalid_request`, `unavailable`, or `foreign_store` for databases that hold something else.
 */
export async function initImmudb(options: InitImmudbOptions): Promise<InitReport> {
  const place = checkOptions(InitOptions, options);
  const { database, tls, users: { append, read } = {}, onUser = async () => undefined } = place;
  const names = [database, snapshotsDatabaseOf(place)];
  const given = {
    append: append ?? { username: `${database}_append` },
    read: read ?? { username: `${database}_read` },
  };
  const channel = openChannel(place.address, { tls });
  const system = openSession(channel, place, systemDatabase);
  try {
    const databases = await createDatabases(channel, place);
    const made = async (may: "append" | "read"): Promise<InitializedUser> => {
      const user = await makeUser(channel, system, given[may], names, permissions[may]);
      await onUser(user, may);
      return user;
    };
    return { databases, users: { append: await made("append"), read: await made("read") } };
  } catch (error) {
    throw unavailable(error, `make ready the log ${database}`);
  } finally {
    await system.close();
    channel.close();
  }
}

type Created = { readonly database: InitializedDatabase; /** Id of the log that it belongs to. */ readonly log: string };

/** Creates the databases of a log, or checks the ones that are there. */
export async function createDatabases(channel: Channel, place: ImmudbPlace): Promise<InitReport["databases"]> {
  const system = openSession(channel, place, systemDatabase);
  try {
    const create = async (name: string, holds: Holds, log: string): Promise<Created> => {
      const session = openSession(channel, place, name);
      try {
        await system.command("CreateDatabaseV2", encodeCreateDatabase(name, ourSettings));
        const created = await writeGenesis(session, holds, log);
        const genesis = await checkGenesis(session, name, holds);
        await checkSettings(session, name);
        return { database: { name, holds, state: created ? "created" : "existed" }, log: genesis.log };
      } finally {
        await session.close();
      }
    };
    const snapshotsName = snapshotsDatabaseOf(place);
    if (!(await isThere(channel, place, place.database)) && (await isThere(channel, place, snapshotsName)))
      throw new ForeignStoreError(
        `the database ${place.database} is gone, and its snapshots, in ${snapshotsName}, are there: nothing was made. Restore ${place.database} from a backup; to begin another log, name databases that are not in use`,
      );
    const events = await create(place.database, "events", randomUUID());
    // Snapshots may be lost and made anew: they are those of the log that is there.
    const snapshots = await onSnapshots(snapshotsName, () => create(snapshotsName, "snapshots", events.log));
    if (snapshots.log !== events.log)
      throw new ForeignStoreError(
        `the database ${snapshotsName} has snapshots of the log ${snapshots.log}, and the one in ${place.database} is ${events.log}: check the names, and whether a wrong backup was restored. Snapshots hold nothing that the events do not: where only they are wrong, stop the server, move the folder ${snapshotsName} out of its data folder, start it, and run \`aethyr store init\` again`,
      );
    return [events.database, snapshots.database];
  } finally {
    await system.close();
  }
}

async function isThere(channel: Channel, login: Login, database: string): Promise<boolean> {
  const session = openSession(channel, login, database);
  try {
    await session.newestTx();
    return true;
  } catch (error) {
    // Whatever else it says is for whoever then uses it.
    return !/database does not exist/.test(said(error));
  } finally {
    await session.close();
  }
}

async function makeUser(
  channel: Channel,
  system: Session,
  { username, password }: { readonly username: string; readonly password?: string },
  databases: readonly string[],
  permission: number,
): Promise<InitializedUser> {
  const [first = "", ...others] = databases;
  const generated = password === undefined ? generatePassword() : undefined;
  const before = (await listUsers(system)).find((user) => user.username === username);
  const created =
    before === undefined && (await createUser(system, { username, password: password ?? generated ?? "", database: first, permission }));
  // Granting ends the sessions of whoever runs as this user, so it is done only where something is missing.
  for (const database of created ? others : databases)
    if (before?.permissions.get(database) !== permission) await grant(system, username, { database, permission });
  if (created) return { username, state: "created", ...(generated === undefined ? {} : { generated }) };
  if (password === undefined || (await canLogIn(channel, { username, password }, first))) return { username, state: "existed" };
  await changePassword(system, username, password);
  return { username, state: "password_changed" };
}

async function canLogIn(channel: Channel, login: Login, database: string): Promise<boolean> {
  const session = openSession(channel, login, database);
  try {
    await session.newestTx();
    return true;
  } catch (error) {
    if (failureOf(error) === "impossible") return false;
    throw error;
  } finally {
    await session.close();
  }
}
