import type { Connection, ConnectionEnd, GmcpMessage, Screen } from "../connection.ts";
import { ConnectionEndedError } from "../errors.ts";
import { createTranscript } from "./scripted-client.ts";

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

export function createPerson(known: Partial<Screen> = {}, remote = "192.0.2.1"): Person {
  const transcript = createTranscript("somebody");
  const { waits } = transcript;
  let hidden = false;
  let ended: ConnectionEnd | undefined;
  let onGmcp: ((message: GmcpMessage) => void) | undefined;
  let asked: PromiseWithResolvers<string> | undefined;
  const typed: string[] = [];
  const shown: Screen = { width: 80, height: 24, client: undefined, gmcp: false, colour: false, ...known };

  const show = (text: string): void => {
    if (ended === undefined) transcript.text(text);
  };
  const end = (why: ConnectionEnd): void => {
    if (ended !== undefined) return;
    ended = why;
    transcript.end(0);
    typed.length = 0;
    asked?.reject(new ConnectionEndedError(why));
    asked = undefined;
  };
  const deliver = (): void => {
    if (asked === undefined || typed.length === 0) return;
    const { resolve } = asked;
    asked = undefined;
    resolve(typed.shift() ?? "");
  };
  const connection: Connection = {
    id: `person-${(persons += 1)}`,
    protocol: "telnet",
    remote,
    screen: () => shown,
    nextLine() {
      if (ended !== undefined) return Promise.reject(new ConnectionEndedError(ended));
      asked ??= Promise.withResolvers<string>();
      const { promise } = asked;
      deliver();
      return promise;
    },
    onGmcp: (handler) => void (onGmcp = handler),
    write: show,
    prompt: show,
    hideTyping: (on) => void (hidden = on),
    gmcp: (message) => transcript.message(message.package, message.data),
    close(text) {
      if (text !== undefined) show(text);
      end("closed");
    },
  };

  const person: Person = {
    connection,
    type(...lines) {
      if (ended === undefined) typed.push(...lines);
      deliver();
    },
    see: (text) => waits.waitFor(text, patienceMs),
    async do(line) {
      waits.skip();
      person.type(line);
      return person.see(/\n?> $/);
    },
    screen: waits.output,
    rest: waits.rest,
    gmcp: waits.gmcp,
    sendGmcp: (message) => onGmcp?.(message),
    hidden: () => hidden,
    hangUp: (why = "lost") => end(why),
    ended: () => ended,
  };
  return person;
}
