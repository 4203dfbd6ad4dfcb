import type { Client, WatchedEvent } from "@aethyr/client";
import type { CommandName, InputOf } from "@aethyr/kernel";
import type { world } from "@aethyr/world";

/** What of a client the game needs: commands that are answered, and what happens, in order. */
export type WorldClient = Pick<Client<typeof world>, "send"> & {
  watch(options: {
    readonly after: number;
    readonly unreadable: "mark";
    readonly signal: AbortSignal;
  }): AsyncIterable<readonly WatchedEvent[]>;
};

/** Names of the world's commands, and what goes with each. */
export type WorldCommand = CommandName<typeof world>;
export type WorldInput<N extends WorldCommand> = InputOf<typeof world, N>;
