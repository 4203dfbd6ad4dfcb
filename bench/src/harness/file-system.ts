import { statfsSync } from "node:fs";

/** Kinds of file systems by the number with which Linux names them. */
const kinds: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext4"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x2fc12fc1, "zfs"],
  [0x794c7630, "overlayfs"],
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
]);

export type FileSystem = {
  readonly kind: string;
  /** Nothing written there is ever on a disk, so that fsync costs nothing. */
  readonly inMemory: boolean;
};

/** On what a folder lies. */
export function fileSystemOf(directory: string): FileSystem {
  const { type } = statfsSync(directory);
  const kind = kinds.get(type) ?? `file system 0x${type.toString(16)}`;
  return { kind, inMemory: kind === "tmpfs" || kind === "ramfs" };
}
