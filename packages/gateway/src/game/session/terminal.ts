import type { Connection, ConnectionEnd, GmcpMessage } from "../../connection.ts";
import type { Clock } from "../clock.ts";
import { ConnectionEndedError } from "../errors.ts";
import { cleanText } from "../texts/clean.ts";
import { wrap } from "../texts/wrap.ts";

export type Asking = {
  /** What is typed stays unseen. */
  readonly hidden?: boolean;
  /** The connection is closed with this text when nothing was typed for so long. */
  readonly idle?: { readonly ms: number; readonly text: string };
};

/** A connection as a session uses it: questions and answers, one after another, and texts between them. */
export type Terminal = {
  readonly connection: Connection;
  /** The next line that was typed; lines typed before wait. Rejects with `connection_ended`. */
  ask(prompt: string, asking?: Asking): Promise<string>;
  /** Text of the world: wrapped, and cleaned of all that is no text. */
  write(text: string): void;
  /** The same, where what goes on in a second line stands a little in. */
  tell(text: string): void;
  gmcp(message: GmcpMessage): void;
  /** Called for GMCP messages of the client. */
  onGmcp(handler: (message: GmcpMessage) => void): void;
  close(text?: string): void;
  /** The reason, once it has ended. */
  ended(): ConnectionEnd | undefined;
};

const widthOf = (connection: Connection): number => Math.min(200, connection.terminal().width ?? 80);

export function openTerminal(connection: Connection, parts: { readonly clock: Clock; readonly linesWaiting: number }): Terminal {
  const { clock, linesWaiting } = parts;
  const lines: string[] = [];
  let dropped = false;
  let ended: ConnectionEnd | undefined;
  let gmcpHandler: (message: GmcpMessage) => void = () => {};
  let asked:
    | { readonly prompt: string; readonly resolve: (line: string) => void; readonly reject: (why: ConnectionEndedError) => void }
    | undefined;

  function answer(line: string): void {
    const question = asked;
    asked = undefined;
    question?.resolve(line);
  }

  connection.start({
    onLine(line) {
      if (asked !== undefined) return answer(line);
      if (lines.length < linesWaiting) return void lines.push(line);
      dropped = true;
    },
    onGmcp: (message) => gmcpHandler(message),
    onEnd(why) {
      ended = why;
      lines.length = 0;
      asked?.reject(new ConnectionEndedError(why));
      asked = undefined;
    },
  });

  function put(text: string, indent: string): void {
    if (ended !== undefined) return;
    const shown = wrap(cleanText(text), widthOf(connection), indent);
    // Where a prompt stands, the text begins below it, and the prompt comes again.
    connection.write(asked === undefined ? `${shown}\n` : `\n${shown}\n`);
    if (asked !== undefined) connection.prompt(asked.prompt);
  }

  return {
    connection,
    async ask(prompt, { hidden = false, idle } = {}) {
      if (ended !== undefined) throw new ConnectionEndedError(ended);
      if (dropped) {
        dropped = false;
        put("You type faster than the world turns: some of it was passed over.", "");
      }
      connection.hideTyping(hidden);
      connection.prompt(prompt);
      const cancel =
        idle &&
        clock.after(idle.ms, () => {
          connection.close(`\n${idle.text}\n`);
        });
      try {
        const waiting = lines.shift();
        if (waiting !== undefined) return waiting;
        return await new Promise<string>((resolve, reject) => {
          asked = { prompt, resolve, reject };
        });
      } finally {
        cancel?.();
        if (hidden && ended === undefined) {
          connection.hideTyping(false);
          // The end of the line was not shown either.
          connection.write("\n");
        }
      }
    },
    write: (text) => put(text, ""),
    tell: (text) => put(text, "  "),
    gmcp: (message) => {
      if (ended === undefined) connection.gmcp(message);
    },
    onGmcp(handler) {
      gmcpHandler = handler;
    },
    close: (text) => connection.close(text === undefined ? undefined : `${asked === undefined ? "" : "\n"}${cleanText(text)}\n`),
    ended: () => ended,
  };
}
