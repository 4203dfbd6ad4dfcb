/** Commands of which it is not known whether they took effect: so it stays until the store can tell. The oldest are forgotten first. */
export type InDoubt = {
  has(commandId: string): boolean;
  add(commandId: string): void;
  /** Its outcome is known. */
  resolve(commandId: string): void;
};

export function createInDoubt(limit: number): InDoubt {
  const ids = new Set<string>();
  return {
    has: (commandId) => ids.has(commandId),
    add(commandId) {
      ids.add(commandId);
      if (ids.size <= limit) return;
      for (const oldest of ids) {
        ids.delete(oldest);
        break;
      }
    },
    resolve: (commandId) => void ids.delete(commandId),
  };
}
