import { createServer } from "node:net";
import { openWorld } from "@aethyr/embedded";
import { createCredentials } from "@aethyr/gateway";
import { runImport } from "@aethyr/import";
import { ref } from "@aethyr/kernel";
import { createLog, loadConfig } from "@aethyr/process";
import { openPlayers } from "@aethyr/process/players";
import { readWorldCommands } from "../system/stock-world.ts";
import { nameOfBot, passwordOfBots } from "./names.ts";

/** The world that bots walk in, and a floor: a bare server that answers every line with as many bytes as a room's description has. */
const [, , directory = "", players = "0"] = process.argv;

const { config } = loadConfig({
  cwd: directory,
  env: {},
  flags: {
    data: directory,
    "gateway-telnet-port": "0",
    "gateway-websocket-port": "0",
    "gateway-start-room": "room/circle-3001",
    "read-models-store": "none",
    "log-level": "error",
    "starter-world": "false",
  },
});
const log = createLog(config.log);
const world = await openWorld({ config, log });
const { phases } = readWorldCommands();
const send = world.operations.sendCommands;
const imported = await runImport({ phases, head: 0, send });
if (imported.ended !== "complete") throw new Error(`the import ended ${imported.ended}`);
// With the least work that argon2id can have: it is not what is measured.
const { hash } = createCredentials({ passwordHashOf: async () => undefined, cost: { memory: 8, passes: 1, parallelism: 1 } });
const passwordHash = await hash(passwordOfBots);
// All over the city: as many in one room would see nothing but each other.
const rooms = [...phases].flatMap(({ commands }) =>
  commands.flatMap(({ command: { type, target } }) => (type === "CreateRoom" && /^circle-3[01]\d\d$/.test(target.id) ? [target.id] : [])),
);
const client = world.connect("bench");
const replies = await client.sendAll(
  Array.from({ length: Number(players) }, (_, index) => ({
    type: "CreatePlayer",
    target: ref("player", nameOfBot(index)),
    data: { name: nameOfBot(index), passwordHash, containerId: `room/${rooms[index % rooms.length]}` },
  })),
  { timeoutMs: 120_000 },
);
const refused = replies.find(({ code }) => code !== "accepted");
if (refused !== undefined) throw new Error(`a bot could not be made: ${JSON.stringify(refused)}`);
const lobby = await openPlayers(world, config, log);
if (lobby === undefined) throw new Error("no players");

const answer = Buffer.from(`${"x".repeat(600)}\r\nExits: none\r\n> `);
const floor = createServer((socket) => {
  socket.setNoDelay(true).on("error", () => undefined);
  socket.on("data", (bytes) => {
    for (const byte of bytes) if (byte === 10) socket.write(answer);
  });
});
floor.listen(0, "127.0.0.1", () => {
  const address = floor.address();
  process.send?.({
    telnet: Number(lobby.telnet.split(":").at(-1)),
    floor: typeof address === "object" ? address?.port : 0,
    rss: process.memoryUsage.rss(),
  });
});
process.on("message", () => process.send?.({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage() }));
process.on("disconnect", () => process.exit());
