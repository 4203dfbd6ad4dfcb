import type { Json } from "@aethyr/kernel";
import type { GmcpMessage } from "../connection.ts";

/** A player made of a script: types lines, waits for texts. Each wait has a deadline, and its error shows what came instead. */
export type ScriptedClient = {
  /** Types a line and Enter. */
  send(line: string): void;
  /** Sends bytes as they are; over WebSocket, in one binary frame. */
  sendBytes(bytes: Uint8Array): void;
  sendGmcp(name: string, data?: Json): void;
  /**
   * Waits for a text that came after what the last wait found; gives all from there to the end of the text. Ends of lines are `\n`.
   */
  waitFor(text: string | RegExp, timeoutMs?: number): Promise<string>;
  /** Types a line, then waits for a text that came after it. */
  ask(line: string, text: string | RegExp, timeoutMs?: number): Promise<string>;
  /** Waits for a message of this package after the one that the last wait for it found. */
  waitForGmcp(name: string, timeoutMs?: number): Promise<Json | undefined>;
  /** All text until now. */
  output(): string;
  gmcp(): readonly GmcpMessage[];
  /** Whether what is typed stays unseen. */
  isTypingHidden(): boolean;
  /** Prompt marks until now. */
  prompts(): number;
  /** Stops reading what comes, and goes on. */
  pause(): void;
  resume(): void;
  /** Does not answer any more when it is asked for a sign of life. */
  playDead(): void;
  /** Hangs up as one should. */
  close(): void;
  /** Is gone from one moment to the next. */
  disconnect(): void;
  /** Waits until the connection has ended; gives how: the code of a WebSocket's close, 0 for TCP. */
  waitForEnd(timeoutMs?: number): Promise<number>;
};

export type Transcript = {
  text(text: string): void;
  message(name: string, data: Json | undefined): void;
  end(code: number): void;
  readonly waits: Pick<ScriptedClient, "waitFor" | "waitForGmcp" | "waitForEnd" | "output" | "gmcp"> & {
    /** What came until now is not found by the next `waitFor`. */
    skip(): void;
    /** What came after what the last wait found. */
    rest(): string;
  };
};

const patience = 10_000;

/** What one client has received, and those who wait for more of it. */
export function createTranscript(who: string): Transcript {
  const messages: GmcpMessage[] = [];
  const found = new Map<string, number>();
  const waiting = new Set<() => void>();
  let output = "";
  let at = 0;
  let ended: number | undefined;

  const changed = (): void => [...waiting].forEach((look) => look());
  const until = <T>(what: string, timeoutMs: number, find: () => { readonly value: T } | undefined): Promise<T> => {
    // Whoever fails is told where it waited, not where the timer fired.
    const failure = new Error();
    return new Promise<T>((resolve, reject) => {
      const fail = (why: string): void => {
        failure.message = `${who} waited for ${what}, ${why}; came since the last wait:\n${output.slice(at).slice(-2_000)}`;
        done();
        reject(failure);
      };
      const timer = setTimeout(() => fail(`${timeoutMs} ms in vain`), timeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const look = (): void => {
        const result = find();
        if (result !== undefined) {
          done();
          resolve(result.value);
        } else if (ended !== undefined) fail("but the connection ended");
      };
      waiting.add(look);
      look();
    });
  };

  return {
    text(text) {
      output += text.replaceAll("\r", "");
      changed();
    },
    message(name, data) {
      messages.push({ package: name, data });
      changed();
    },
    end(code) {
      ended ??= code;
      changed();
    },
    waits: {
      waitFor: (text, timeoutMs = patience) =>
        until(String(text), timeoutMs, () => {
          const rest = output.slice(at);
          const match = typeof text === "string" ? { index: rest.indexOf(text), length: text.length } : matchOf(text, rest);
          if (match === undefined || match.index === -1) return undefined;
          at += match.index + match.length;
          return { value: rest.slice(0, match.index + match.length) };
        }),
      waitForGmcp: (name, timeoutMs = patience) =>
        until(`a message ${name}`, timeoutMs, () => {
          const index = messages.findIndex((message, index) => message.package === name && index >= (found.get(name) ?? 0));
          if (index === -1) return undefined;
          found.set(name, index + 1);
          return { value: messages[index]?.data };
        }),
      waitForEnd: (timeoutMs = patience) => until("the end", timeoutMs, () => (ended === undefined ? undefined : { value: ended })),
      output: () => output,
      rest: () => output.slice(at),
      gmcp: () => messages,
      skip() {
        at = output.length;
      },
    },
  };
}

function matchOf(pattern: RegExp, text: string): { readonly index: number; readonly length: number } | undefined {
  const match = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/gu, "")).exec(text);
  return match === null ? undefined : { index: match.index, length: match[0].length };
}

/** JSON as a client reads it. */
export function readJson(text: string): Json | undefined {
  return text.trim() === "" ? undefined : (JSON.parse(text) as Json);
}
