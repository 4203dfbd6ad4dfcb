import type { Connection, GmcpMessage } from "../../connection.ts";
import type { Clock } from "../clock.ts";
import { cleanText } from "../texts/clean.ts";
import { linesOf, paint, type Text } from "../texts/text.ts";
import { wrap } from "../texts/wrap.ts";

export type Asking = {
  /** What is typed stays unseen. */
  readonly hidden?: boolean;
  /** The connection is closed with this text when nothing was typed for so long. */
  readonly idle?: { readonly ms: number; readonly text: string };
};

/** A connection as a session uses it: questions and answers, one after another, and texts between them. */
export type Dialogue = {
  readonly connection: Connection;
  /** The next line that was typed; lines typed before wait. Rejects with `connection_ended`. */
  ask(prompt: string, asking?: Asking): Promise<string>;
  /** Text of the world: wrapped, and cleaned of all that is no text. */
  write(text: Text): void;
  /** The same, where what goes on in a second line stands a little in. */
  tell(text: Text): void;
  /** Sends a GMCP message; it is made only for a client that understands them, and undefined is none. */
  gmcp(message: () => GmcpMessage | undefined): void;
  /** Whether the person wants colours, as they do at first, and whether they get any: only what says that it can show them does. */
  readonly colours: { choose(on: boolean): void; chosen(): boolean; shown(): boolean };
  close(text?: string): void;
};

const widthOf = (connection: Connection): number => Math.min(200, connection.screen().width ?? 80);

export function openDialogue(connection: Connection, { clock }: { readonly clock: Clock }): Dialogue {
  /** The prompt at which the person is. */
  let asked: string | undefined;

  let wantsColours = true;
  const showsColours = (): boolean => wantsColours && connection.screen().colour;

  function put(text: Text, indent: string): void {
    const width = widthOf(connection);
    const coloured = showsColours();
    const shown = linesOf(text)
      .map((line) => {
        const wrapped = wrap(cleanText(typeof line === "string" ? line : line.text), width, indent);
        return coloured && typeof line !== "string" ? paint(wrapped, line.style) : wrapped;
      })
      .join("\n");
    // Where a prompt stands, the text begins below it, and the prompt comes again.
    connection.write(asked === undefined ? `${shown}\n` : `\n${shown}\n`);
    if (asked !== undefined) connection.prompt(asked);
  }

  return {
    connection,
    async ask(prompt, { hidden = false, idle } = {}) {
      connection.hideTyping(hidden);
      connection.prompt(prompt);
      const cancel = idle && clock.after(idle.ms, () => connection.close(`\n${idle.text}\n`));
      asked = prompt;
      try {
        return await connection.nextLine();
      } finally {
        asked = undefined;
        cancel?.();
        if (hidden) {
          connection.hideTyping(false);
          // The end of the line was not shown either.
          connection.write("\n");
        }
      }
    },
    write: (text) => put(text, ""),
    tell: (text) => put(text, "  "),
    gmcp(message) {
      const made = connection.screen().gmcp ? message() : undefined;
      if (made !== undefined) connection.gmcp(made);
    },
    colours: { choose: (on) => void (wantsColours = on), chosen: () => wantsColours, shown: showsColours },
    close: (text) => connection.close(text === undefined ? undefined : `${asked === undefined ? "" : "\n"}${cleanText(text)}\n`),
  };
}
