import { onTestFinished } from "vitest";
import type { Connection, ConnectionEnd, GmcpMessage } from "../connection.ts";
import { ConnectionEndedError } from "../errors.ts";
import {
  connectTelnet,
  connectWebSocket,
  type ScriptedClient,
  type TelnetClientOptions,
  type WebSocketClientOptions,
} from "../testing/index.ts";
import type { ConnectionLimits } from "./limits.ts";
import { listenTelnet, type TelnetListenerOptions } from "./listen-telnet.ts";
import { listenWebSocket, type WebSocketListenerOptions } from "./listen-websocket.ts";
import type { Listener } from "./connection-pool.ts";

/** One person as the game of these tests has them. */
export type Guest = {
  readonly connection: Connection;
  readonly lines: string[];
  readonly messages: GmcpMessage[];
  /** How it ended, once for each time that the game was told. */
  readonly ends: ConnectionEnd[];
};

/** A game that says back what it hears: `heard: LINE`. */
export type TestGame = {
  readonly listener: Listener;
  readonly guests: Guest[];
  /** What was logged as warning or error. */
  readonly complaints: string[];
  telnet(options?: Partial<TelnetClientOptions>): Promise<ScriptedClient>;
  webSocket(options?: Partial<WebSocketClientOptions>): ReturnType<typeof connectWebSocket>;
  /** The guest that said a line. */
  who(line: string): Guest;
};

type Options = Partial<Omit<TelnetListenerOptions & WebSocketListenerOptions, "limits">> & {
  readonly limits?: Partial<ConnectionLimits>;
  readonly onLine?: (guest: Guest, line: string) => void;
  readonly onGmcp?: (message: GmcpMessage) => void;
};

/** Reads what a guest types until they are gone. */
async function listen(guest: Guest, answer: (guest: Guest, line: string) => void): Promise<void> {
  try {
    for (;;) {
      const line = await guest.connection.nextLine();
      guest.lines.push(line);
      answer(guest, line);
    }
  } catch (error) {
    if (!(error instanceof ConnectionEndedError)) throw error;
    guest.ends.push(error.details["why"] as ConnectionEnd);
  }
}

/** Opened for one test, closed when it is over. */
export async function openGame(protocol: "telnet" | "websocket", { onLine, onGmcp, ...options }: Options = {}): Promise<TestGame> {
  const guests: Guest[] = [];
  const complaints: string[] = [];
  const complain = (_: object, message: string): void => void complaints.push(message);
  const answer = onLine ?? ((guest: Guest, line: string): void => guest.connection.write(`heard: ${line}\n`));
  const common = {
    host: "127.0.0.1",
    port: 0,
    log: { info() {}, warn: complain, error: complain },
    onConnection(connection: Connection) {
      const guest: Guest = { connection, lines: [], messages: [], ends: [] };
      guests.push(guest);
      connection.write("Welcome!\n");
      connection.onGmcp(onGmcp ?? ((message) => guest.messages.push(message)));
      void listen(guest, answer);
    },
  };
  const listener = await (protocol === "telnet"
    ? listenTelnet({ ...common, ...options })
    : listenWebSocket({ ...common, allowedOrigins: "any", ...options }));
  const clients: ScriptedClient[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.disconnect();
    await listener.close();
  });
  const kept = <C extends ScriptedClient>(client: C): C => {
    clients.push(client);
    return client;
  };
  const { port } = listener;
  return {
    listener,
    guests,
    complaints,
    telnet: async (given) => kept(await connectTelnet({ port, ...given })),
    webSocket: async (given) => kept(await connectWebSocket({ port, ...given })),
    who(line) {
      const guest = guests.find((one) => one.lines.includes(line));
      if (guest === undefined) throw new Error(`nobody said ${line}`);
      return guest;
    },
  };
}
