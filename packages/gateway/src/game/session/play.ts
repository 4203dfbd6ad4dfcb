import { refOf } from "@aethyr/kernel";
import type { ReplyCode } from "@aethyr/protocol";
import { findCommand, commandTable } from "../command-table.ts";
import type { Command, Doing, Sent } from "../command.ts";
import { ConnectionEndedError, CredentialsBusyError, UndeclaredCommandError } from "../errors.ts";
import type { GameParts } from "../game-parts.ts";
import type { Sight } from "../sight.ts";
import { noAnswer, refusalText } from "../texts/refusals.ts";
import type { Terminal } from "./terminal.ts";

const late = "(What you did is done, and you will see it in a moment.)";
/** Codes after which the next command would fare no better. */
const faults: ReadonlySet<ReplyCode> = new Set<ReplyCode>(["busy", "unavailable", "outcome_unknown", "conflict", "internal"]);
const provisional = "(That is done, as far as can be said while the world's memory is away.)";

/** Lets a person play until they quit: line by line, each done before the next is read. Rejects with `connection_ended`. */
export async function play(terminal: Terminal, sight: Sight, session: string, parts: GameParts, commands = commandTable): Promise<void> {
  let quitting = false;
  while (!quitting) {
    const line = await terminal.ask("> ");
    if (line.trim() === "") continue;
    const known = commands.filter(({ admin }) => admin !== true || sight.me().admin);
    const found = findCommand(line, known);
    if (found.kind === "unknown") terminal.write("Nobody here knows what that means. `help` lists what you can do.");
    else if (found.kind === "whole") terminal.write(`Type \`${found.command.name}\` in full if you mean it.`);
    else {
      const { word, rest, command } = found;
      await perform(command, { ...doingFor(command), word, rest, commands: known, quit: () => (quitting = true) });
    }
  }

  async function perform(command: Command, doing: Doing): Promise<void> {
    try {
      await command.run(doing);
    } catch (error) {
      if (error instanceof ConnectionEndedError) throw error;
      parts.log.error({ err: error, command: command.name, player: sight.me().id }, "a command of the game failed");
      terminal.write("Something went wrong with that. The people who look after this world can see what.");
    }
  }

  function doingFor(command: Command): Omit<Doing, "word" | "rest" | "commands" | "quit"> {
    const { broadcast, credentials, guard, log } = parts;
    const me = sight.me();
    const from = { player: me.id, name: me.name };
    return {
      sight,
      tell: terminal.write,
      ask: terminal.ask,
      async send(type, path, data, otherwise = {}) {
        if (!command.sends.includes(type)) throw new UndeclaredCommandError(command.name, type);
        const options = { actor: me.path, correlation: session, timeoutMs: parts.options.commandMs };
        let reply;
        try {
          reply = await parts.client.send(type, refOf(path), data, options);
        } catch (error) {
          log.error({ err: error, command: type, player: me.id }, "a command got no answer");
          terminal.write(noAnswer);
          return "failed" satisfies Sent;
        }
        if (reply.code !== "accepted") {
          const reason = reply.code === "rejected" ? (reply.reason ?? "") : reply.code;
          terminal.write(otherwise[reason] ?? refusalText(reply));
          return faults.has(reply.code) ? "failed" : "refused";
        }
        if (reply.changed.length === 0) return "nothing";
        if (reply.provisional === true) terminal.write(provisional);
        else if (!(await parts.settle(reply.position))) terminal.write(late);
        return "done";
      },
      async speak(how, text) {
        const place = sight.me().containerId;
        if (place !== null) await broadcast.send({ kind: "said", how, from, place, text });
      },
      speakTo: (to, text) => broadcast.send({ kind: "told", from, to, text }),
      password: {
        check: (password) => guard.check(me.id, password),
        async hash(password) {
          try {
            return await credentials.hash(password);
          } catch (error) {
            if (!(error instanceof CredentialsBusyError)) throw error;
            terminal.write("Too many people are arriving at once. Try again in a moment.");
            return undefined;
          }
        },
      },
      async statistics() {
        try {
          return await parts.statistics?.();
        } catch (error) {
          log.warn({ err: error }, "the event store gives no statistics");
          return undefined;
        }
      },
    };
  }
}
