import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What a raw client hears: a message's subject, status line or first header, and body. */
export type Heard = { readonly subject: string; readonly status: number | undefined; readonly body: Buffer };

/** A NATS client that sends whatever it is told to, as it is: libraries refuse what a test of bad input has to send. */
export type RawClient = {
  /** `headers` is the whole block, with its first line and the empty line at its end; undefined for a message without. */
  publish(subject: string, body: Uint8Array, options?: { readonly reply?: string; readonly headers?: Buffer }): void;
  subscribe(subject: string): void;
  /** Resolves when the server has taken everything until here; false when it has ended the connection instead. */
  flushed(): Promise<boolean>;
  /** What it reads no more stays in the server. */
  stopReading(): void;
  readonly isOpen: () => boolean;
  close(): void;
};

export async function openRawClient(port: number, onMessage: (heard: Heard) => void = () => undefined): Promise<RawClient> {
  const socket: Socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => socket.destroy());
  const pongs: ((open: boolean) => void)[] = [];
  let rest = Buffer.alloc(0);
  let sid = 0;
  socket.on("close", () => {
    for (const pong of pongs.splice(0)) pong(false);
  });

  /** Reads one protocol line, with its body; false when more bytes are needed. */
  const step = (): boolean => {
    const end = rest.indexOf("\r\n");
    if (end < 0) return false;
    const [verb = "", subject = "", ...words] = rest.subarray(0, end).toString("latin1").split(" ");
    const from = end + 2;
    if (verb !== "MSG" && verb !== "HMSG") {
      if (verb === "PING") socket.write("PONG\r\n");
      if (verb === "PONG") pongs.shift()?.(true);
      rest = rest.subarray(from);
      return true;
    }
    const size = Number(words.at(-1));
    const headersSize = verb === "HMSG" ? Number(words.at(-2)) : 0;
    if (rest.length < from + size + 2) return false;
    const status = /^NATS\/1\.0 (\d{3})/.exec(rest.subarray(from, from + headersSize).toString("latin1"))?.[1];
    const body = Buffer.from(rest.subarray(from + headersSize, from + size));
    rest = rest.subarray(from + size + 2);
    onMessage({ subject, status: status === undefined ? undefined : Number(status), body });
    return true;
  };
  socket.on("data", (data) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    while (step());
  });
  socket.write('CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true,"protocol":1}\r\n');

  return {
    publish(subject, body, { reply, headers } = {}) {
      const to = reply === undefined ? subject : `${subject} ${reply}`;
      const sizes = headers === undefined ? `${body.length}` : `${headers.length} ${headers.length + body.length}`;
      socket.write(
        Buffer.concat([Buffer.from(`${headers === undefined ? "PUB" : "HPUB"} ${to} ${sizes}\r\n`), headers ?? Buffer.alloc(0), body]),
      );
      socket.write("\r\n");
    },
    subscribe(subject) {
      sid += 1;
      socket.write(`SUB ${subject} ${sid}\r\n`);
    },
    flushed: () =>
      new Promise((resolve) => {
        if (socket.destroyed) {
          resolve(false);
          return;
        }
        pongs.push(resolve);
        socket.write("PING\r\n");
      }),
    stopReading: () => void socket.pause(),
    isOpen: () => !socket.destroyed,
    close: () => void socket.destroy(),
  };
}
