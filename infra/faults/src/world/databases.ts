import { bytesField, encodeFields, numberField, readFields, textField, type ImmudbServer } from "@aethyr/bench/immudb";

type Server = Pick<ImmudbServer, "bare">;

/** Names of all databases of a server but its own. */
export async function databasesOf({ bare }: Server): Promise<readonly string[]> {
  const answer = await bare("defaultdb", ({ call }) => call("DatabaseListV2", Buffer.alloc(0)));
  const names: string[] = [];
  for (const database of readFields(answer))
    if (database.field === 1)
      for (const { field, bytes } of readFields(database.bytes)) if (field === 1) names.push(Buffer.from(bytes).toString());
  return names.filter((name) => name !== "defaultdb").toSorted();
}

/** Id of the newest transaction of a database. */
export async function newestTransaction({ bare }: Server, database: string): Promise<number> {
  const state = await bare(database, ({ call }) => call("CurrentState", Buffer.alloc(0)));
  for (const { field, number } of readFields(state)) if (field === 2) return number;
  return 0;
}

/** Creates a database that is none of ours: with the server's own settings, or with those that a log has. */
export async function createDatabase({ bare }: Server, name: string, settings: "server's" | "log's"): Promise<void> {
  const wrapped = (field: number, value: number): Buffer => bytesField(field, value === 0 ? Buffer.alloc(0) : numberField(1, value));
  const ours = encodeFields(wrapped(9, 256), wrapped(11, 1024), wrapped(23, 0), wrapped(30, 1));
  const request = encodeFields(textField(1, name), bytesField(2, settings === "log's" ? ours : Buffer.alloc(0)));
  await bare("defaultdb", ({ call }) => call("CreateDatabaseV2", request));
}

/** Entries as a `Set` request, without any precondition. */
export const setOf = (entries: Readonly<Record<string, Uint8Array | string>>): Buffer =>
  encodeFields(
    ...Object.entries(entries).map(([key, value]) =>
      bytesField(1, encodeFields(textField(1, key), bytesField(2, typeof value === "string" ? Buffer.from(value) : value))),
    ),
  );
