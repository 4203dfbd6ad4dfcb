import { createServer, type AddressInfo, type Server } from "node:net";
import { loadConfig, type Config } from "@aethyr/process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkAddresses } from "./check-addresses.ts";

let taken: Server;
let port: string;
beforeEach(async () => {
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  port = String((taken.address() as AddressInfo).port);
});
afterEach(() => taken.close());

const free = { "api-port": "0", "gateway-telnet-port": "0", "gateway-websocket-port": "0" };
const config = (flags: Readonly<Record<string, string>>): Config => loadConfig({ env: {}, flags: { ...free, ...flags } }).config;

test("an address that is taken is said by its own error, several of them by one that names all", async () => {
  await expect(checkAddresses(config({}))).resolves.toBeUndefined();
  await expect(checkAddresses(config({ "api-port": port }))).rejects.toMatchObject({ code: "api_address" });
  await expect(checkAddresses(config({ "gateway-telnet-port": port }))).rejects.toMatchObject({ code: "player_address" });
  await expect(checkAddresses(config({ "api-port": port, "gateway-telnet-port": port }))).rejects.toMatchObject({
    code: "addresses",
    problems: [expect.stringContaining(port), expect.stringContaining(port)] as unknown,
  });
});

test("of a world that lets nobody in only the operators' address is asked for", async () => {
  await expect(checkAddresses(config({ "gateway-enabled": "false", "gateway-telnet-port": port }))).resolves.toBeUndefined();
});
