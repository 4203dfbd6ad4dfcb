import { serverNames, type ServerName, type ServerStatus } from "@aethyr/servers";
import { Argument, type Command } from "commander";
import type { Printer } from "../output/printer.ts";

/** Adds the argument of the `servers` verbs: one server, or both. */
export const withServerName = (command: Command): Command =>
  command.addArgument(new Argument("[server]", "one of them; both without it").choices(serverNames));

export const namedServers = ([name]: readonly string[]): readonly ServerName[] =>
  serverNames.filter((each) => name === undefined || each === name);

export async function printStatuses(print: Printer, statuses: readonly ServerStatus[]): Promise<void> {
  await print.list(statuses, [
    { title: "server", value: ({ name }) => name },
    { title: "state", value: ({ state }) => state },
    { title: "address", value: ({ address }) => address },
    { title: "pid", value: ({ state, pid }) => (state === "running" ? pid : undefined) },
    { title: "version", value: ({ version }) => version },
    { title: "binary", value: ({ binary }) => binary ?? "(not installed)" },
    { title: "log", value: ({ logFile }) => logFile },
  ]);
}
