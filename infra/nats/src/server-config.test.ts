import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { help, parseOptions, passwordVariables } from "./options.ts";
import { natsServerConfig } from "./server-config.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const configOf = (...args: readonly string[]): string => {
  const options = parseOptions(args);
  if (options.help) throw new Error("this is help");
  return natsServerConfig(options.config);
};

describe("the configuration of a nats-server", () => {
  test("the file that is checked in is what the command prints", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [here("main.ts"), "--store-dir", "/data"]);
    expect(stdout).toBe(await readFile(here("../nats-server.conf"), "utf8"));
    expect(stdout).toBe(configOf("--world", "aethyr", "--partitions", "32", "--store-dir", "/data"));
  });

  test("[G2] what the server acknowledges is on its disk", () => {
    expect(configOf()).toMatch(/^jetstream: \{\n(?: {2}#.*\n)? {2}sync_interval: always\n\}$/m);
  });

  test("it holds no password, and names a variable for each role", () => {
    const config = configOf();
    for (const variable of Object.values(passwordVariables)) expect(config).toContain(`password: ${variable}\n`);
    expect(config.match(/password: /g)).toHaveLength(Object.keys(passwordVariables).length);
  });

  test("what is given for one world stands in no subject of another", () => {
    expect(configOf("--world", "skerrow")).not.toContain("aethyr.");
    expect(configOf("--partitions", "7")).toContain("{{partition(7,1,2)}}");
  });

  test("TLS, clients' certificates and WebSocket are there when they are asked for", () => {
    expect(configOf()).not.toMatch(/tls|websocket/);
    expect(configOf("--tls-cert", "c.pem", "--tls-key", "k.pem")).not.toContain("verify");
    const all = configOf(..."--tls-cert c.pem --tls-key k.pem --tls-ca a.pem --websocket-port 8443 --origin https://a.example".split(" "));
    for (const part of ["verify: true", "port: 8443", 'allowed_origins: ["https://a.example"]', 'tls: { cert_file: "c.pem"'])
      expect(all).toContain(part);
    expect(configOf("--websocket-port", "8080")).toContain("same_origin: true");
  });

  test.each([
    [["--world", "a.*"], "a world's name"],
    [["--world", ">"], "a world's name"],
    [["--partitions", "0"], "--partitions"],
    [["--partitions", "1e2"], "--partitions"],
    [["--tls-cert", "c.pem"], "go together"],
    [["--tls-ca", "a.pem"], "of no use"],
    [["--origin", "https://a.example"], "of no use"],
    [["--websocket-port", "70000"], "--websocket-port"],
    [["--wrold", "x"], "--wrold"],
  ] as const)("[G11] %j is refused", (args, why) => {
    expect(() => configOf(...args)).toThrow(why);
  });

  test("--help shows every flag", () => {
    expect(parseOptions(["-h"])).toEqual({ help: true });
    for (const flag of ["--world", "--partitions", "--store-dir", "--tls-cert", "--tls-key", "--tls-ca", "--websocket-port", "--origin"])
      expect(help).toContain(flag);
  });
});
