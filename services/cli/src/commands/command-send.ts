import { randomUUIDv7 } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { hasWorld } from "@aethyr/embedded";
import { asJson, pathOf, type Json, type Ref } from "@aethyr/kernel";
import type { Operations } from "@aethyr/operator";
import { loadDomain } from "@aethyr/process";
import { CommandId, partitionOf, protocolVersion, retryable, type Accepted, type CommandEnvelope, type Refused } from "@aethyr/protocol";
import { InvalidArgumentError } from "commander";
import { refArgument } from "../arguments.ts";
import { CliError, UsageError } from "../errors.ts";
import { typed } from "../how-to-type.ts";
import type { Io } from "../io.ts";
import { nearest } from "../nearest.ts";
import { readStdin } from "../read-stdin.ts";
import { verb, type Call } from "../verb.ts";
import { unknownType } from "../world/not-found.ts";
import { askWorld } from "../world/with-world.ts";

type Options = { readonly data: string; readonly id?: string; readonly actor: string; readonly story?: string; readonly why?: string };

export const commandSend = verb<Options>({
  name: "send",
  summary: "sends one command to an aggregate and shows the reply",
  details:
    "A command that is sent again under the same id takes effect once and gets the same reply. Everybody on this machine sees a command line: give data that is secret with @FILE or on standard input.",
  examples: [
    [`command send room/hall CreateRoom --data '{"name":"The Hall"}'`, "makes a room"],
    ["command send game-object/lamp CreateGameObject --data @lamp.json", "with the data of a file"],
    ["command send room/hall UpdateRoomDescription --data - --id tidy-1", "with the data on standard input"],
  ],
  define: (command) =>
    command
      .argument("<type/id>", "the aggregate, such as room/hall")
      .argument("<command>", "what it shall do, such as CreateRoom")
      .option("--data <json|@file|->", "the command's fields: JSON, a file of JSON, or - for standard input", "{}")
      .option("--id <id>", "id of the command; a new one without it", commandId)
      .option("--actor <name>", "who sends it, as the events will say", "operator")
      .option("--story <id>", "id of the command or message that began the story which it belongs to; without it, its own", commandId)
      .option("--why <cause>", "what caused it, as the events will say", cause),
  async run(call) {
    const [target, type = ""] = call.args;
    const { id = randomUUIDv7(), actor, story, why } = call.options;
    const command: CommandEnvelope = {
      v: protocolVersion,
      id,
      type,
      target: refArgument(target),
      data: await readData(call.options.data, call.io),
      actor,
      ...(story !== undefined && { correlation: story }),
      ...(why !== undefined && { causation: why }),
    };
    const warnUnknown = (): void => call.notes.warn(`whether the command took effect is not known: send it again with --id ${id}`);
    call.io.signal.addEventListener("abort", warnUnknown);
    const { replies, writer } = await askWorld(
      call,
      async ({ operations, isRunning }) => {
        const replies = await operations.sendCommands([command], call.io);
        const isFault = replies.some(({ code }) => code === "internal");
        return { replies, writer: { isRunning, host: isFault && isRunning ? await hostOf(operations, command.target) : undefined } };
      },
      { change: true, make: await mayMakeWorld(call, command) },
    );
    const [reply] = replies;
    call.io.signal.removeEventListener("abort", warnUnknown);
    if (reply === undefined) throw new CliError("no_reply", `the world gave no reply: send the command again with --id ${id}`);
    if (reply.code !== "accepted") {
      if (call.print.format !== "table") await call.print.one(reply, []);
      const advice = await adviceOn(reply, call, command, writer);
      throw new CliError("command_refused", [refusalText(reply), ...advice].join("\n"), { command: id, code: reply.code });
    }
    await call.print.one(reply, [
      ["reply", reply.provisional === true ? `${reply.code}, provisionally: ImmuDB is away, and may yet refuse it` : reply.code],
      ["command", reply.command],
      ["changed", changes(reply)],
      ["position", reply.provisional === true ? "(not in the log yet)" : reply.position],
    ]);
  },
});

/** A world that is not there yet begins with something that is made; anything else would only be refused, and leave an empty log behind. */
async function mayMakeWorld(call: Call, { type, target }: CommandEnvelope): Promise<boolean> {
  const { data, modules } = call.config().config;
  if (await hasWorld(data)) return true;
  return (await loadDomain(modules)).aggregates.get(target.type)?.commands.get(type)?.creates === true;
}

async function adviceOn(
  { code, reason, command: id }: Refused,
  call: Call,
  command: CommandEnvelope,
  writer: LogWriter,
): Promise<readonly string[]> {
  if (reason === "unknown_aggregate_type") return [unknownType(command.target.type)];
  if (code === "internal") return [...(reason === "unreadable_event" ? [missingModule] : []), whereLogIs(writer, id)];
  return reason === "unknown_command" ? commandAdvice(call, command) : [];
}

const missingModule =
  "its history may hold events of a module that is not named: name it with AETHYR_MODULES or --modules where the world is started";

/** Who writes the log that tells more; a host where the world has many. */
type LogWriter = { readonly isRunning: boolean; readonly host: string | undefined };

function whereLogIs({ isRunning, host }: LogWriter, id: string): string {
  if (!isRunning) return "that log is what stands above";
  const writes =
    host === undefined ? "the process of the world writes" : `the host ${host} writes (or another one that had it a moment ago)`;
  return `that log is what ${writes}, in the terminal where it was started: look for ${id}`;
}

/** The host that has an aggregate's partition; undefined in a world of one process, and where nobody can tell. */
async function hostOf({ partitions }: Pick<Operations, "partitions">, target: Ref): Promise<string | undefined> {
  const all = await partitions.list().then(
    (status) => status.partitions,
    () => [],
  );
  return all.length === 0 ? undefined : (all[partitionOf(target, all.length)]?.owner ?? undefined);
}

/** What was probably meant, as far as the configuration here knows the world, and where all commands are listed. */
async function commandAdvice(call: Call, { type, target }: CommandEnvelope): Promise<readonly string[]> {
  const list = typed(`command list ${target.type}`);
  // A module that cannot be loaded here is no reason to hide the world's own answer.
  const domain = await loadDomain(call.config().config.modules).catch(() => undefined);
  const meant = nearest(type, domain?.aggregates.get(target.type)?.commands.keys() ?? []);
  return [...(meant === undefined ? [] : [`Did you mean ${meant}?`]), `its commands with their fields: ${list}`];
}

function cause(given: string): string {
  if (given.length >= 1 && given.length <= 256) return given;
  throw new InvalidArgumentError("1–256 characters are required.");
}

function commandId(given: string): string {
  if (CommandId.safeParse(given).success) return given;
  throw new InvalidArgumentError("1–128 characters of A–Z a–z 0–9 . _ : - are required.");
}

async function readData(given: string, io: Io): Promise<Json> {
  const { pathsFrom } = io;
  const source = given === "-" ? "standard input" : given.startsWith("@") ? given.slice(1) : "--data";
  const written = given === "-" ? await readStdin(io) : given.startsWith("@") ? await fileText(resolve(pathsFrom, given.slice(1))) : given;
  try {
    return asJson(JSON.parse(written));
  } catch (error) {
    throw new UsageError(`${source} is no JSON value: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function fileText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`the data cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const changes = ({ changed }: Accepted): string =>
  changed.length === 0
    ? "(nothing: it was so already)"
    : changed.map(({ stream, version }) => `${pathOf(stream)} to version ${version}`).join(", ");

function refusalText({ code, reason, message, issues = [], command }: Refused): string {
  const told = issues
    .filter(({ message: what }) => !message.includes(what))
    .map(({ path, message: what }) => `${path === "" ? "data" : path}: ${what}`);
  const again = retryable.has(code) ? [`send it again under the same id: --id ${command}`] : [];
  return [`${reason ?? code}: ${message}`, ...told, ...again].join("\n");
}
