import type { Json } from "@aethyr/kernel";
import type { Broadcast } from "./broadcast/broadcast.ts";
import type { Clock } from "./clock.ts";
import type { GatewayLog } from "../log.ts";
import type { GameOptions } from "./options.ts";
import type { PasswordGuard } from "./session/password-guard.ts";
import type { WorldView } from "./view/world-view.ts";
import type { WorldClient } from "./world-port.ts";

/** What sessions lean on. */
export type GameParts = {
  readonly client: WorldClient;
  readonly broadcast: Broadcast;
  readonly guard: PasswordGuard;
  readonly options: GameOptions;
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly view: WorldView;
  /** Numbers of the event store, for administrators; undefined where the game was given none. */
  readonly statistics: (() => Promise<Readonly<Record<string, Json>>>) | undefined;
  /** Resolves when the world is in view; at once when it was before. */
  firstCaughtUp(): Promise<void>;
  /** Resolves when the world, as it is now, is in view. */
  caughtUp(): Promise<void>;
  /**
   * Resolves when everything up to a position was shown to whoever sees it; false when that takes too long for somebody who waits at a
   * prompt.
   */
  settle(position: number): Promise<boolean>;
};
