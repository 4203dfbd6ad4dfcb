export type { ScriptedClient } from "./scripted-client.ts";
export { connectTelnet, type TelnetClientOptions } from "./telnet-client.ts";
export { connectWebSocket, type WebSocketClientOptions } from "./websocket-client.ts";
export { createPerson, type Person } from "./scripted-connection.ts";
