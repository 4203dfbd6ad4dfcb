import type { PlacedEvent } from "./check-history.ts";

/** A command as its sender numbered it: those of one sender to one aggregate on one lane have rising numbers. */
export type NumberedCommand = {
  readonly id: string;
  readonly sender: string;
  readonly lane: "queue" | "request";
  /** `type/id` of the aggregate that it is for. */
  readonly target: string;
  readonly number: number;
};

/** Finds what was applied in another order than it was sent. Takes the log's events in the log's order. */
export function createOrderCheck(sent: Iterable<NumberedCommand>): {
  readonly add: (event: PlacedEvent) => void;
  readonly finish: () => readonly string[];
} {
  const commands = new Map<string, NumberedCommand>();
  for (const command of sent) commands.set(command.id, command);
  const newest = new Map<string, NumberedCommand>();
  const faults: string[] = [];
  return {
    add({ command: id, stream, position }) {
      const command = commands.get(id);
      if (command === undefined || command.target !== stream) return;
      const { sender, lane, target, number } = command;
      const key = `${sender} ${lane} ${target}`;
      const before = newest.get(key);
      if (before !== undefined && before.number > number)
        faults.push(
          `reordered: number ${number} of ${sender} to ${target} on the ${lane} lane, at position ${position}, comes after ${before.number}`,
        );
      else newest.set(key, command);
    },
    finish: () => faults,
  };
}
