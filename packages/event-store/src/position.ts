/**
 * Positions that every transaction has: at most as many records fit into one. Part of the storage format of both engines, so it never
 * changes.
 */
export const positionsPerTransaction = 1024;

/** Position of an event: its transaction, and its place among the events of that transaction, from 0. */
export const positionOf = (tx: number, index: number): number => tx * positionsPerTransaction + index;
export const txOf = (position: number): number => Math.floor(position / positionsPerTransaction);
