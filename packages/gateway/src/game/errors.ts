import { AethyrError } from "@aethyr/kernel";

/** Of what there is too much: of one address, for one player, of all. */
export type Busy = "address" | "player" | "all";

const tooMany: Readonly<Record<Busy, string>> = {
  address: "too many people are logging in from that address at once",
  player: "too many are logging in as that player at once",
  all: "too many people are logging in at once",
};

/** Too many passwords wait to be looked at. */
export class CredentialsBusyError extends AethyrError {
  readonly busy: Busy;

  constructor(busy: Busy = "all") {
    super("credentials_busy", `${tooMany[busy]}: try again in a moment`, { busy });
    this.busy = busy;
  }
}
