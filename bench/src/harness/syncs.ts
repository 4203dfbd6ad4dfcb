/** Calls that put a file on the disk, by what kind of file it was. */
export type Syncs = { readonly log: number; readonly checkpoints: number; readonly snapshots: number; readonly others: number };

const call = /\b(?:fdatasync|fsync|sync_file_range)\(\d+<([^>]*)>/;

/** Counts the calls in the output of `strace -f -y -e trace=fdatasync,fsync`. A call that strace shows in two halves counts once. */
export function parseSyncs(output: string): Syncs {
  const syncs = { log: 0, checkpoints: 0, snapshots: 0, others: 0 };
  for (const line of output.split("\n")) {
    const file = call.exec(line)?.[1];
    if (file !== undefined) syncs[kindOf(file)] += 1;
  }
  return syncs;
}

function kindOf(file: string): keyof Syncs {
  if (file.endsWith("/events.sqlite-wal")) return "log";
  if (file.endsWith("/events.sqlite")) return "checkpoints";
  return file.includes("/snapshots.sqlite") ? "snapshots" : "others";
}
