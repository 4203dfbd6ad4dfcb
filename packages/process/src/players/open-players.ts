import type { Client } from "@aethyr/client";
import {
  createCredentials,
  createGame,
  createInProcessBroadcast,
  listenTelnet,
  listenWebSocket,
  type Broadcast,
  type Game,
} from "@aethyr/gateway";
import { refOf } from "@aethyr/kernel";
import type { Log } from "@aethyr/runtime";
import type { Registry } from "prom-client";
import { createClosers } from "../closers.ts";
import type { Config } from "../config/schema.ts";
import { watchGateway } from "./gateway-metrics.ts";

export type Players = {
  /** Where they connect, such as `127.0.0.1:4000` and `ws://127.0.0.1:4001`. */
  readonly telnet: string;
  readonly websocket: string;
  readonly game: Game;
  /** Tells everybody, ends their connections, takes no more. */
  close(): Promise<void>;
};

/** What a world must offer to those who play in it, wherever it is. */
export type PlayableWorld = {
  /** A client for who sends what; closed with the world. */
  connect(actor?: string): Client;
  /** Position of the newest event of the log. */
  head(): Promise<number>;
  /** The argon2id hash of a player's password; undefined where there is no such player. */
  passwordHashOf(playerId: string): Promise<string | undefined>;
  /** Gets the metrics. */
  readonly metrics: Registry;
  readonly operations: { worldStats(): Promise<object> };
};

/**
 * Lets players into a world: a telnet and a WebSocket address, and the game behind them. Undefined where the configuration wants none.
 * Rejects with `player_address` where an address cannot be had, and as reading the world does; then nothing stays open. `broadcast`: what is said
 * and who is there, shared with other gateways; default: this is the only one.
 */
export async function openPlayers(
  world: PlayableWorld,
  { gateway }: Config,
  log: Log,
  broadcast: Broadcast = createInProcessBroadcast(),
): Promise<Players | undefined> {
  if (!gateway.enabled) return undefined;
  const { host, startRoom } = gateway;
  const listeners = createClosers();
  const game = createGame({
    client: world.connect(),
    head: world.head,
    broadcast,
    credentials: createCredentials({ passwordHashOf: world.passwordHashOf }),
    log,
    statistics: async () => ({ ...(await world.operations.worldStats()) }),
    ...(startRoom === undefined ? {} : { options: { startRoom: refOf(startRoom).id } }),
  });
  // The game first: it tells everybody, and can as long as they are connected.
  const close = async (): Promise<void> => {
    try {
      await game.close();
    } finally {
      await listeners.close();
    }
  };
  try {
    await game.ready();
    const listening = { host, log, onConnection: game.accept };
    const telnet = listeners.opened(await listenTelnet({ ...listening, port: gateway.telnet.port }));
    const websocket = listeners.opened(await listenWebSocket({ ...listening, port: gateway.websocket.port, allowedOrigins: "any" }));
    watchGateway(world.metrics, { game, listeners: { telnet, websocket } });
    return { telnet: `${telnet.host}:${telnet.port}`, websocket: `ws://${websocket.host}:${websocket.port}`, game, close };
  } catch (error) {
    await close();
    throw error;
  }
}
