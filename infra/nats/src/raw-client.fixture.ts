import { once } from "node:events";
import { connect } from "node:net";

/** A connection that speaks the protocol itself, so that what the server refuses is seen and nothing else. */
export type RawClient = {
  /** Whether the server takes it. */
  publish(subject: string, reply?: string): Promise<boolean>;
  subscribe(subject: string): Promise<boolean>;
  close(): void;
};

/** Rejects where the server does not know the user. */
export async function openRawClient(port: number, user: string, password: string): Promise<RawClient> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setEncoding("utf8");
  let text = "";
  let wake = (): void => undefined;
  let ended = false;
  socket.on("data", (more: string) => {
    text += more;
    wake();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    ended = true;
    wake();
  });
  await once(socket, "connect");

  /** What the server says until it answers a ping. */
  async function said(): Promise<string> {
    while (!text.includes("PONG\r\n")) {
      if (ended) throw new Error(`the server ended the connection of ${user}: ${text}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
    const before = text;
    text = "";
    return before;
  }
  const isTaken = async (line: string): Promise<boolean> => {
    socket.write(`${line}\r\nPING\r\n`);
    return !(await said()).includes("-ERR");
  };

  socket.write(`CONNECT ${JSON.stringify({ user, pass: password, verbose: false, pedantic: false, headers: true })}\r\nPING\r\n`);
  await said();
  let sid = 0;
  return {
    publish: (subject, reply) => isTaken(`PUB ${subject} ${reply === undefined ? "" : `${reply} `}0\r\n`),
    subscribe: (subject) => isTaken(`SUB ${subject} ${(sid += 1)}`),
    close: () => socket.destroy(),
  };
}
