import { createCredentials, createGame, createInProcessBroadcast, listenTelnet, listenWebSocket, type Game } from "@aethyr/gateway";
import { refOf } from "@aethyr/kernel";
import type { Log } from "@aethyr/runtime";
import { createClosers } from "./closers.ts";
import type { Config } from "./config/schema.ts";
import type { World } from "./open-world.ts";

export type Players = {
  /** Where they connect, such as `127.0.0.1:4000` and `ws://127.0.0.1:4001`. */
  readonly telnet: string;
  readonly websocket: string;
  readonly game: Game;
  /** Tells everybody, ends their connections, takes no more. */
  close(): Promise<void>;
};

/**
 * Lets players into a world: a telnet and a WebSocket address, and the game behind them. Undefined where the configuration wants none.
 * Rejects with `player_address` where an address cannot be had, and as reading the world does; then nothing stays open.
 */
export async function openPlayers(world: World, { gateway }: Config, log: Log): Promise<Players | undefined> {
  if (!gateway.enabled) return undefined;
  const { host, startRoom } = gateway;
  const { opened, close } = createClosers();
  try {
    const game = opened(
      createGame({
        client: world.connect(),
        head: world.head,
        broadcast: createInProcessBroadcast(),
        credentials: createCredentials({ passwordHashOf: world.passwordHashOf }),
        log,
        statistics: async () => ({ ...(await world.operations.worldStats()) }),
        ...(startRoom === undefined ? {} : { options: { startRoom: refOf(startRoom).id } }),
      }),
    );
    await game.ready();
    const listening = { host, log, onConnection: game.accept };
    const telnet = opened(await listenTelnet({ ...listening, port: gateway.telnet.port }));
    const websocket = opened(await listenWebSocket({ ...listening, port: gateway.websocket.port, allowedOrigins: "any" }));
    return { telnet: `${telnet.host}:${telnet.port}`, websocket: `ws://${websocket.host}:${websocket.port}`, game, close };
  } catch (error) {
    await close();
    throw error;
  }
}
