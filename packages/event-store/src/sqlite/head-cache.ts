/** Where a stream stands, with its number in the log (0: it has none yet). The writer moves it as it writes. */
export type CachedHead = {
  stream: number;
  version: number;
  ended: boolean;
  /** Command that wrote the newest event, if the writer saw it. */ by?: string | undefined;
};

/** The heads of the streams used last, at most `size`: the map's own order is the order of use. */
export type HeadCache = {
  readonly get: (path: string) => CachedHead | undefined;
  readonly put: (path: string, head: CachedHead) => CachedHead;
  readonly clear: () => void;
};

export function createHeadCache(size: number): HeadCache {
  const heads = new Map<string, CachedHead>();
  return {
    get: (path) => {
      const head = heads.get(path);
      if (head === undefined) return undefined;
      heads.delete(path);
      heads.set(path, head);
      return head;
    },
    put: (path, head) => {
      heads.set(path, head);
      if (heads.size > size) {
        for (const oldest of heads.keys()) {
          heads.delete(oldest);
          break;
        }
      }
      return head;
    },
    clear: () => heads.clear(),
  };
}
