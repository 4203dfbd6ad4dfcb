import type { Connection, ConnectionEnd, ConnectionHandlers, GmcpMessage, Terminal } from "../connection.ts";

/** A person at a keyboard, in memory. */
export type Person = {
  readonly connection: Connection;
  /** Types lines, one after another. */
  type(...lines: readonly string[]): void;
  /** Waits for text after what was seen last, and gives what came up to its end. Rejects, with all that came, after five seconds. */
  see(text: string | RegExp): Promise<string>;
  /** Types a line, and waits for the prompt after what comes of it. */
  do(line: string): Promise<string>;
  /** Everything since the beginning. */
  screen(): string;
  /** What came since what was seen last, without waiting. */
  rest(): string;
  /** GMCP messages so far. */
  gmcp(): readonly GmcpMessage[];
  /** The client sends a GMCP message. */
  sendGmcp(message: GmcpMessage): void;
  /** Whether what is typed is unseen now. */
  hidden(): boolean;
  /** The connection ends from the other side. */
  hangUp(why?: ConnectionEnd): void;
  ended(): ConnectionEnd | undefined;
};

const patienceMs = 5_000;
let persons = 0;

export function createPerson(terminal: Partial<Terminal> = {}): Person {
  let screen = "";
  let seen = 0;
  let hidden = false;
  let ended: ConnectionEnd | undefined;
  let handlers: ConnectionHandlers | undefined;
  const typedBefore: string[] = [];
  const messages: GmcpMessage[] = [];
  const watchers = new Set<() => void>();
  const shown: Terminal = { width: 80, height: 24, client: undefined, gmcp: false, colour: false, ...terminal };

  const show = (text: string): void => {
    if (ended !== undefined) return;
    screen += text;
    for (const look of watchers) look();
  };
  const end = (why: ConnectionEnd): void => {
    if (ended !== undefined) return;
    ended = why;
    handlers?.onEnd(why);
  };
  const connection: Connection = {
    id: `person-${(persons += 1)}`,
    protocol: "telnet",
    remote: "192.0.2.1",
    terminal: () => shown,
    start(given) {
      handlers = given;
      for (const line of typedBefore.splice(0)) given.onLine(line);
    },
    write: show,
    prompt: show,
    hideTyping: (on) => void (hidden = on),
    gmcp: (message) => void messages.push(message),
    close(text) {
      if (text !== undefined) show(text);
      end("closed");
    },
  };

  function find(text: string | RegExp): number {
    const rest = screen.slice(seen);
    if (typeof text === "string") return rest.includes(text) ? seen + rest.indexOf(text) + text.length : -1;
    const match = text.exec(rest);
    return match === null ? -1 : seen + match.index + match[0].length;
  }

  const person: Person = {
    connection,
    type(...lines) {
      for (const line of lines) {
        if (handlers === undefined) typedBefore.push(line);
        else handlers.onLine(line);
      }
    },
    see: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const to = find(text);
          if (to === -1) return;
          clearTimeout(timer);
          watchers.delete(look);
          const came = screen.slice(seen, to);
          seen = to;
          resolve(came);
        };
        const timer = setTimeout(() => {
          watchers.delete(look);
          reject(
            new Error(`${String(text)} was not seen; since then came:\n${screen.slice(seen)}\n--- and before:\n${screen.slice(0, seen)}`),
          );
        }, patienceMs);
        watchers.add(look);
        look();
      }),
    async do(line) {
      seen = screen.length;
      person.type(line);
      return person.see(/\n?> $/);
    },
    screen: () => screen,
    rest: () => screen.slice(seen),
    gmcp: () => messages,
    sendGmcp: (message) => handlers?.onGmcp?.(message),
    hidden: () => hidden,
    hangUp: (why = "lost") => end(why),
    ended: () => ended,
  };
  return person;
}
