import type { LoadedConfig } from "@aethyr/process";
import type { Command } from "commander";
import type { Io } from "./io.ts";
import type { Notes } from "./output/notes.ts";
import type { OutputFormat, Printer } from "./output/printer.ts";

/** Options that every verb takes. */
export type CommonOptions = {
  readonly output: OutputFormat;
  readonly dataFolder?: string;
  readonly modules?: string;
  readonly config?: string;
  readonly verbose?: true;
};

/** One call of a verb, with all that it needs. */
export type Call<O extends object = object> = {
  /** The arguments that were given, without options. */
  readonly args: readonly string[];
  readonly options: O & CommonOptions;
  readonly io: Io;
  readonly print: Printer;
  readonly notes: Notes;
  /** Read at the first call, and its warnings shown. Throws `ConfigError`. */
  readonly config: () => LoadedConfig;
};

export type Verb<O extends object = object> = {
  readonly name: string;
  readonly summary: string;
  /** What a person has to know besides; a paragraph or two. */
  readonly details?: string;
  /** What follows `aethyr`, and what that does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Adds arguments and options. */
  readonly define?: (command: Command) => Command;
  /** Resolves when what was asked for is done, and rejects when it is not. */
  readonly run: (call: Call<O>) => Promise<void>;
};

export type Noun = { readonly name: string; readonly summary: string; readonly verbs: readonly Verb[] };

/** Forgets which options a verb takes: they are its own affair, as it has declared them itself. */
export const verb = <O extends object>(the: Verb<O>): Verb => the as unknown as Verb;
