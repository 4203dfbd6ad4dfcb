import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A player that is a program: it answers no negotiation. */
export type Bot = {
  /** Types a line; resolves with the milliseconds until a text came that this pattern is in, and that text. Rejects after 10 s. */
  ask(line: string, answer: RegExp): Promise<{ readonly ms: number; readonly text: string }>;
  close(): void;
};

const patienceMs = 10_000;
/** What is kept of the text that came; an answer is shorter. */
const keptCharacters = 16_384;

/** `from`: an address of this machine, as a game takes only so many connections of one. */
export async function connectBot(port: number, from: string): Promise<Bot> {
  const socket: Socket = connect({ port, host: "127.0.0.1", localAddress: from });
  let text = "";
  let look = (): void => undefined;
  socket.setNoDelay(true).on("data", (bytes: Buffer) => {
    text = (text + bytes.toString("latin1")).slice(-keptCharacters);
    look();
  });
  socket.on("error", () => undefined);
  await once(socket, "connect");

  return {
    ask(line, answer) {
      // Nothing typed: it waits for what comes by itself, which may be there already.
      if (line !== "") text = "";
      const since = performance.now();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no answer to ${line}: ${JSON.stringify(text.slice(-300))}`)), patienceMs);
        look = () => {
          if (!answer.test(text)) return;
          look = () => undefined;
          clearTimeout(timer);
          resolve({ ms: performance.now() - since, text });
        };
        if (line !== "") socket.write(`${line}\r\n`);
        else look();
      });
    },
    close: () => socket.destroy(),
  };
}
