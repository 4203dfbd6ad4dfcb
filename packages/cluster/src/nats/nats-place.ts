import { readFile } from "node:fs/promises";
import type { NatsPlace } from "@aethyr/nats";
import { ConfigError, type Config } from "@aethyr/process";

/** Where NATS is and who this process is there, how many servers keep each stream, and how large the feed may be. */
export type ConfiguredNats = NatsPlace & { readonly replicas?: number; readonly feedBytes?: number };

/** What the configuration says, with the password from its file. Rejects with `invalid_config` where that cannot be read. */
export async function natsPlace({ nats }: Pick<Config, "nats">): Promise<ConfiguredNats> {
  const { servers, username, replicas, feedBytes } = nats;
  const { ca, certificate, key } = nats.tls;
  const password = nats.password ?? (await passwordIn(nats.passwordFile));
  const tls = { ...given("caFile", ca), ...given("certFile", certificate), ...given("keyFile", key) };
  return {
    servers,
    feedBytes,
    ...given("username", username),
    ...given("password", password),
    ...given("replicas", replicas),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

async function passwordIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new ConfigError([`nats.passwordFile cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

const given = <K extends string, T>(name: K, value: T | undefined): { readonly [key in K]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [key in K]: T });
