import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError } from "./errors.ts";
import { flagsHelp, parseFlags } from "./flags.ts";
import { configKeys } from "./keys.ts";
import { configFileName, loadConfig, type ConfigSources } from "./load-config.ts";
import { oldEnvironment } from "./old-names.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "aethyr-config-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const write = (contents: unknown, name = configFileName): string => {
  const file = join(cwd, name);
  writeFileSync(file, typeof contents === "string" ? contents : JSON.stringify(contents));
  return file;
};
const load = (sources: ConfigSources = {}) => loadConfig({ env: {}, cwd, ...sources });
const problems = (sources: ConfigSources = {}): readonly string[] => {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

/** Variables of what a key cannot be given without. */
const besides: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "readModels.url": { AETHYR_READ_MODELS_STORE: "postgres" },
  outage: { AETHYR_STORE: "immudb" },
  "immudb.tls.certificate": { AETHYR_IMMUDB_TLS_KEY: "/k" },
  "immudb.tls.key": { AETHYR_IMMUDB_TLS_CERTIFICATE: "/c" },
  "nats.password": { AETHYR_NATS_USERNAME: "ann" },
  "nats.passwordFile": { AETHYR_NATS_USERNAME: "ann" },
  "nats.tls.certificate": { AETHYR_NATS_TLS_KEY: "/k" },
  "nats.tls.key": { AETHYR_NATS_TLS_CERTIFICATE: "/c" },
};

describe("where a value comes from", () => {
  test("without any source everything has its default", () => {
    const { config, file, entries, warnings } = load();
    expect(config).toEqual({
      data: join(cwd, ".aethyr"),
      world: "aethyr",
      modules: [],
      store: "sqlite",
      immudb: { tls: {} },
      outage: "refuse",
      checkpoints: { everyTxs: 1_000 },
      api: { host: "127.0.0.1", port: 7377 },
      gateway: { enabled: true, host: "127.0.0.1", telnet: { port: 4_000 }, websocket: { port: 4_001 } },
      readModels: { store: "pglite" },
      nats: { servers: ["nats://127.0.0.1:4222"], tls: {}, feedBytes: 1_073_741_824 },
      placement: { partitions: 32, weight: 1, fewerTypes: false },
      status: { host: "127.0.0.1", port: 0 },
      log: { level: "info", format: "auto" },
      snapshotEvery: {},
      idleMs: 300_000,
      activeLimit: 20_000,
      limits: { pending: 10_000, mailbox: 1_000, drainMs: 10_000 },
      starterWorld: true,
    });
    expect([file, warnings, new Set(entries.map(({ source }) => source))]).toEqual([undefined, [], new Set(["default"])]);
    expect(Object.isFrozen(config.api)).toBe(true);
  });

  test("[D43] a flag counts more than the environment, which counts more than the file", () => {
    const file = write({ api: { port: 1 }, world: "from-file", idleMs: 5 });
    const { config, entries } = load({ env: { AETHYR_API_PORT: "2", AETHYR_WORLD: "from-env" }, flags: { "api-port": "3" } });
    expect(config).toMatchObject({ api: { port: 3 }, world: "from-env", idleMs: 5 });
    const source = (name: string) => entries.find(({ key }) => key === name)?.source;
    expect([source("api.port"), source("world"), source("idleMs"), source("store")]).toEqual([
      "--api-port",
      "environment AETHYR_WORLD",
      file,
      "default",
    ]);
  });

  test("[A19] every key can be given in the file, by its variable and, if it is no secret, by its flag", () => {
    const samples: Readonly<Record<string, readonly [unknown, string]>> = {
      data: [join("/", "d"), "/d"],
      world: ["w", "w"],
      modules: [[join("/", "m"), join("/", "n")], "/m, /n"],
      store: ["immudb", "immudb"],
      "immudb.address": ["db:1", "db:1"],
      "immudb.database": ["d_1", "d_1"],
      "immudb.username": ["ann", "ann"],
      "immudb.password": ["hush", "hush"],
      "immudb.passwordFile": [join("/", "p"), "/p"],
      "immudb.tls.enabled": [true, "true"],
      "immudb.tls.ca": [join("/", "ca"), "/ca"],
      "immudb.tls.certificate": [join("/", "c"), "/c"],
      "immudb.tls.key": [join("/", "k"), "/k"],
      "immudb.tls.serverName": ["db", "db"],
      "immudb.signingKey": [join("/", "s"), "/s"],
      outage: ["journal", "journal"],
      "checkpoints.everyTxs": [0, "0"],
      "checkpoints.file": [join("/", "c"), "/c"],
      "api.host": ["::1", "::1"],
      "api.port": [1, "1"],
      "api.token": ["0123456789abcdef", "0123456789abcdef"],
      "gateway.enabled": [false, "false"],
      "gateway.host": ["0.0.0.0", "0.0.0.0"],
      "gateway.telnet.port": [1, "1"],
      "gateway.websocket.port": [1, "1"],
      "gateway.startRoom": ["room/hall", "room/hall"],
      "readModels.store": ["none", "none"],
      "readModels.url": ["postgres://a:b@c:1/d", "postgres://a:b@c:1/d"],
      "nats.servers": [["nats://a:1", "tls://b:2"], "nats://a:1, tls://b:2"],
      "nats.username": ["ann", "ann"],
      "nats.password": ["hush", "hush"],
      "nats.passwordFile": [join("/", "p"), "/p"],
      "nats.tls.ca": [join("/", "ca"), "/ca"],
      "nats.tls.certificate": [join("/", "c"), "/c"],
      "nats.tls.key": [join("/", "k"), "/k"],
      "nats.replicas": [3, "3"],
      "nats.feedBytes": [33_554_432, "33554432"],
      "placement.partitions": [16, "16"],
      "placement.host": ["alpha", "alpha"],
      "placement.weight": [2, "2"],
      "placement.fewerTypes": [true, "true"],
      "status.host": ["0.0.0.0", "0.0.0.0"],
      "status.port": [9100, "9100"],
      "log.level": ["warn", "warn"],
      "log.format": ["json", "json"],
      snapshotEvery: [{ "*": 7, room: 5, "room/hall": 2 }, "*=7, room=5,room/hall=2"],
      idleMs: [1, "1"],
      activeLimit: [1, "1"],
      "limits.pending": [1, "1"],
      "limits.mailbox": [1, "1"],
      "limits.drainMs": [1, "1"],
      starterWorld: [false, "false"],
    };
    expect(Object.keys(samples)).toEqual(configKeys.map(({ key }) => key));
    for (const { key, env, flag, secret } of configKeys) {
      const [value, text] = samples[key] ?? [undefined, ""];
      const names = key.split(".");
      write(names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value));
      const more = besides[key] ?? {};
      const given = [
        load({ env: more }),
        load({ env: { ...more, AETHYR_CONFIG: write({}, "empty.json"), [env]: text } }),
        ...(flag === undefined ? [] : [load({ env: more, flags: { config: "empty.json", [flag]: text } })]),
      ];
      for (const { config } of given)
        expect([key, names.reduce<unknown>((place, name) => (place as Record<string, unknown>)[name], config)]).toEqual([key, value]);
      expect([key, flag === undefined]).toEqual([key, secret]);
    }
  });

  test("the file is the one of the working directory, or the one that is named", () => {
    write({ world: "here" });
    expect(load().config.world).toBe("here");
    const file = write({ world: "there" }, "other.json");
    expect(load({ env: { AETHYR_CONFIG: file } })).toMatchObject({ config: { world: "there" }, file });
    expect(load({ env: { AETHYR_CONFIG: join(cwd, configFileName) }, flags: { config: "other.json" } }).file).toBe(file);
  });
});

describe("[A19] what stops the start", () => {
  test("a value that is not allowed, naming key, source and what is allowed", () => {
    const file = write({ store: "postgres" });
    expect(problems({ env: { AETHYR_API_PORT: "99999" }, flags: { "idle-ms": "soon" } })).toEqual([
      `store from ${file} cannot be "postgres"; allowed: sqlite, memory, immudb`,
      "api.port from environment AETHYR_API_PORT cannot be 99999; allowed: a whole number from 0 to 65535",
      'idleMs from --idle-ms cannot be "soon"; allowed: a whole number from 1 to 86400000',
    ]);
  });

  test("a wrong value does, even where a later source takes its place", () => {
    write({ idleMs: 0 });
    expect(problems({ flags: { "idle-ms": "5" } })).toHaveLength(1);
  });

  test.each([
    ["AETHYR_DATA", ""],
    ["AETHYR_WORLD", "Mid Gard"],
    ["AETHYR_API_HOST", "0.0.0.0"],
    ["AETHYR_API_PORT", "7377.5"],
    ["AETHYR_API_PORT", ""],
    ["AETHYR_LOG_LEVEL", "loud"],
    ["AETHYR_SNAPSHOT_EVERY", "room"],
    ["AETHYR_SNAPSHOT_EVERY", "room=0"],
    ["AETHYR_SNAPSHOT_EVERY", "a/b/c=1"],
    ["AETHYR_SNAPSHOT_EVERY", "room=1=2"],
    ["AETHYR_STARTER_WORLD", "maybe"],
    ["AETHYR_IDLE_MS", "-1"],
  ])("%s=%s", (name, text) => {
    const [problem] = problems({ env: { [name]: text } });
    expect(problem).toMatch(`from environment ${name} cannot be`);
  });

  test("a secret that is not allowed is not shown", () => {
    const [problem] = problems({ env: { AETHYR_API_TOKEN: "hunter2" } });
    expect(problem).toContain("api.token from environment AETHYR_API_TOKEN");
    expect(problem).not.toContain("hunter2");
  });

  test.each([
    [{ outage: "journal" }, "outage cannot be"],
    [{ outage: "journal", store: "memory" }, "with the store memory"],
    [{ readModels: { store: "postgres" } }, "readModels.url"],
    [{ readModels: { url: "postgres://a:b@c:1/d" } }, "readModels.url is given"],
    [{ immudb: { password: "hush", passwordFile: "f" } }, "leave out one of them"],
    [{ immudb: { tls: { key: "k" } } }, "belong together"],
    [{ immudb: { tls: { certificate: "c" } } }, "belong together"],
    [{ immudb: { tls: { enabled: false, ca: "c" } } }, "is false"],
    [{ nats: { username: "ann", password: "hush", passwordFile: "f" } }, "leave out one of them"],
    [{ nats: { password: "hush" } }, "no nats.username"],
    [{ nats: { tls: { key: "k" } } }, "belong together"],
  ])("what does not go together: %j", (contents, problem) => {
    write(contents);
    expect(problems()).toEqual([expect.stringContaining(problem)]);
  });

  test("a key that there is not, with the one that was probably meant", () => {
    const file = write({ API: { port: 1 }, api: { prot: 1 }, idle_ms: 1, log: "info" });
    expect(problems()).toEqual([
      expect.stringContaining(`API in ${file} is no key: keys are data, world,`),
      expect.stringContaining(`api.prot in ${file} is no key`),
      `idle_ms in ${file} is no key: did you mean idleMs?`,
      `log in ${file} must be an object`,
    ]);
    expect(problems({ flags: { config: write({}, "empty.json"), port: "1" }, env: { AETHYR_PORT: "1" } })).toEqual([
      "environment AETHYR_PORT is no key: did you mean api.port?",
      "--port is no flag: did you mean api.port?",
    ]);
  });

  test("a file that is named and missing, is no JSON, or is no object", () => {
    expect(problems({ flags: { config: "missing.json" } })).toEqual([expect.stringContaining("missing.json cannot be read")]);
    write("{");
    expect(problems()).toEqual([expect.stringContaining("is no JSON")]);
    write([]);
    expect(problems()).toEqual([expect.stringContaining("must hold one JSON object")]);
    expect(problems({ env: { AETHYR_CONFIG: cwd } })).toEqual([expect.stringContaining("cannot be read")]);
  });
});

describe("[A20] names of the old configuration", () => {
  test("the old snapshot frequency is taken, with a warning, and counts less than the new name", () => {
    const { config, warnings } = load({ env: { SNAPSHOT_FREQUENCY: "500" } });
    expect(config.snapshotEvery).toEqual({ "*": 500 });
    expect(warnings).toEqual([expect.stringMatching(/SNAPSHOT_FREQUENCY is of the old configuration.*AETHYR_SNAPSHOT_EVERY/)]);
    expect(load({ env: { AETHYR_SNAPSHOT_EVERY: "room=5", SNAPSHOT_FREQUENCY: "500" } }).config.snapshotEvery).toEqual({ room: 5 });
    expect(problems({ env: { SNAPSHOT_FREQUENCY: "often" } })).toHaveLength(1);
  });

  const named = [
    "IMMUDB_HOST",
    "IMMUDB_PORT",
    "IMMUDB_USER",
    "IMMUDB_PASS",
    "IMMUDB_ADDRESS",
    "IMMUDB_USERNAME",
    "IMMUDB_PASSWORD",
    "IMMUDB_DATABASE",
    "RETRY_ATTEMPTS",
    "RETRY_BASE_DELAY",
    "RETRY_MAX_DELAY",
  ];
  test.each(named)("%s stops the start, with what to do", (name) => {
    expect(problems({ env: { [name]: "secret-value" } })).toEqual([
      expect.stringMatching(new RegExp(`environment ${name} is of the old configuration: .*unset it`)),
    ]);
    expect(problems({ env: { [name]: "secret-value" } }).join()).not.toContain("secret-value");
  });

  test("none is left out", () => {
    expect(Object.keys(oldEnvironment).sort()).toEqual([...named, "SNAPSHOT_FREQUENCY"].sort());
  });

  test.each(["event_sourcing_enabled", "snapshot_threshold", "storage_path"])("%s in the file is told what takes its place", (name) => {
    write({ [name]: 1 });
    expect(problems()).toEqual([expect.stringMatching(/takes its place|unset it/)]);
  });
});

test("[A20] host and port of an earlier file are told what takes their place", () => {
  write({ immudb: { host: "db", port: 3322 } });
  expect(problems()).toEqual([
    expect.stringMatching(/immudb\.host .*`immudb\.address` takes its place/),
    expect.stringMatching(/immudb\.port .*`immudb\.address` takes its place/),
  ]);
});

test("paths are relative to the working directory, also those of ImmuDB", () => {
  write({ immudb: { passwordFile: "p", signingKey: "s", tls: { ca: "ca", certificate: "c", key: "k" } } });
  expect(load().config.immudb).toEqual({
    passwordFile: join(cwd, "p"),
    signingKey: join(cwd, "s"),
    tls: { ca: join(cwd, "ca"), certificate: join(cwd, "c"), key: join(cwd, "k") },
  });
});

test("secrets are masked wherever the configuration is shown", () => {
  const loaded = load({ env: { AETHYR_API_TOKEN: "a-very-secret-token", AETHYR_IMMUDB_PASSWORD: "another-secret" } });
  expect(JSON.stringify(loaded.entries)).not.toContain("another-secret");
  expect(loaded.config.api.token).toBe("a-very-secret-token");
  expect(JSON.stringify(loaded.entries)).not.toContain("a-very-secret-token");
  expect(loaded.entries.find(({ key }) => key === "api.token")?.value).toBe("********");
});

describe("the command line", () => {
  test("is read as flags", () => {
    expect(parseFlags(["--api-port", "0", "--data=/d"])).toEqual({ flags: { "api-port": "0", data: "/d" }, help: false });
    expect(parseFlags(["-h"]).help).toBe(true);
  });

  test.each([["--nope"], ["--api-port"], ["word"], ["--api-token=0123456789abcdef"]])("%s is refused", (...args) => {
    expect(() => parseFlags(args)).toThrow(ConfigError);
  });

  test("has help on every flag, with its default", () => {
    for (const { flag } of configKeys) if (flag !== undefined) expect(flagsHelp()).toContain(`--${flag} `);
    expect(flagsHelp()).toContain("[7377]");
    expect(flagsHelp()).not.toContain("token");
  });
});
