import type { Json } from "@aethyr/kernel";
import type { PasswordHashed, PasswordVerdict } from "./session/password-guard.ts";
import type { Sight } from "./sight.ts";
import type { Text } from "./texts/text.ts";
import type { WorldCommand, WorldInput } from "./world-port.ts";

/**
 * What came of a command of the world: it changed something, everything was so already, a rule said no, or the world could not be asked; of
 * the last two the person was told. After a failure there is no use in sending more of the kind.
 */
export type Sent = "done" | "nothing" | "refused" | "failed";

/**
 * What a command of the game can do for the person who typed it, and what it knows. It knows no events, no store and no other person's
 * screen, and may send the commands `S` to the world.
 */
export type CommandContext<S extends WorldCommand = WorldCommand> = {
  readonly sight: Sight;
  /** The name or alias by which the command was found. */
  readonly word: string;
  /** What was typed after it. */
  readonly rest: string;
  /** All commands that this person may use, for help. */
  readonly commands: readonly Command[];
  /** Shows text to the person. */
  tell(text: Text): void;
  ask(prompt: string, asking?: { readonly hidden?: boolean }): Promise<string>;
  /**
   * Sends a command to the world, `path` being the `type/id` that it is for. What it led to is on the screens when this resolves; a refusal
   * is told too, in the usual words or in those of `otherwise`, by the rule's word.
   */
  send<N extends S>(type: N, path: string, data: WorldInput<N>, otherwise?: Readonly<Record<string, string>>): Promise<Sent>;
  /** Says something to whoever is in the same place. */
  speak(how: "say" | "emote", text: string): Promise<void>;
  /** Says something to somebody wherever they are. */
  speakTo(playerId: string, text: string): Promise<void>;
  readonly password: {
    /** Whether it is this person's. */
    check(password: string): Promise<PasswordVerdict>;
    /** Asks for a new one, twice, and gives what it is kept as; undefined where an empty line calls it off. */
    askNew(): Promise<PasswordHashed | undefined>;
  };
  readonly colours: {
    /** Whether they want colours, until they leave. */
    choose(on: boolean): void;
    chosen(): boolean;
    /** Whether they get any: they want them, and their client can show them. */
    shown(): boolean;
  };
  /** Numbers of the event store; undefined where there are none to be had. */
  statistics(): Promise<Readonly<Record<string, Json>> | undefined>;
  /** Ends the session after this command. */
  quit(): void;
};

/** A command of the game: one entry of the table. `S` is what it may send. */
export type Command<S extends WorldCommand = WorldCommand> = {
  readonly name: string;
  /** More names. Names of more than two letters may be begun only. */
  readonly names?: readonly string[];
  /** Other words for it, which may be begun only where that begins no command's name. */
  readonly aliases?: readonly string[];
  /** It must be written out: it is not to happen by a slip. */
  readonly whole?: true;
  /** Only administrators know it. */
  readonly admin?: true;
  /** Its grammar, a line for each way to say it. */
  readonly usage: readonly string[];
  /** What it does, in a sentence or two. */
  readonly help: string;
  /** What it may send to the world; nothing for a command that changes nothing. */
  readonly sends: readonly S[];
  /** What that may lead to. */
  readonly events: readonly string[];
  run(context: CommandContext<S>): void | Promise<void>;
};

/** Declares a command: what it may send follows from its entry, and the compiler lets it send nothing else. */
export const command = <S extends WorldCommand = never>(entry: Command<S>): Command<S> => entry;
