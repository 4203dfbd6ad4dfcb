/** Bounds and policies of a game. Each has a default. */
export type GameOptions = {
  /** What a new connection reads first. */
  readonly welcome: string;
  /**
   * Id of the room in which new characters arrive. Where there is none of that id: the quay of the starter world, the temple of an imported
   * CircleMUD world, or the world's oldest room.
   */
  readonly startRoom: string;
  /** A connection that does not log in ends when nothing was typed for so long. */
  readonly loginIdleMs: number;
  /** Wrong passwords after which a connection ends. */
  readonly passwordTries: number;
  /** A wrong password is answered after so long, twice as long with each further one for the same name, up to 32 times. */
  readonly wrongPasswordMs: number;
  /** So long a character stays in the world without its connection. */
  readonly linkDeadMs: number;
  /** So long a command may take, repeats included. */
  readonly commandMs: number;
  /** So long a person waits to see what their command did, before they can go on. */
  readonly settleMs: number;
};

/** Where people arrive in worlds that we know. */
export const usualEntrances = ["skerrow-quay", "circle-3001"] as const;

export const defaultGameOptions: GameOptions = {
  welcome: "Welcome to Aethyr.",
  startRoom: usualEntrances[0],
  loginIdleMs: 120_000,
  passwordTries: 3,
  wrongPasswordMs: 1_000,
  linkDeadMs: 180_000,
  commandMs: 10_000,
  settleMs: 3_000,
};
