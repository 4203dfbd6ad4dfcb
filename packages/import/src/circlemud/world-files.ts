/**
 * Where the parser gets its text from. Paths are relative to the world folder and use `/`, such as `wld/index`.
 * `read` returns the whole text decoded as Latin-1 (the files predate UTF-8), or undefined when there is no such file.
 */
export type WorldFiles = {
  readonly read: (path: string) => string | undefined;
};

/** A world kept in memory: path to text. */
export function filesInMemory(texts: Readonly<Record<string, string>>): WorldFiles {
  const byPath = new Map(Object.entries(texts));
  return { read: (path) => byPath.get(path) };
}
