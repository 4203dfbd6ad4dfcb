import { loadDomain } from "@aethyr/process";
import { CliError } from "../errors.ts";
import { verb } from "../verb.ts";
import { describeCommands, type CommandDescription, type CommandField } from "../world/describe-commands.ts";
import { unknownType } from "../world/not-found.ts";

/** The first field of a command stands in its own line; commands without fields have only that. */
type Line = { readonly command: CommandDescription | undefined; readonly field: CommandField | undefined };

export const commandList = verb({
  name: "list",
  summary: "lists the commands that the configured world takes, with their fields",
  details: "Those of the built-in kinds of aggregates, and those that the configured modules bring.",
  examples: [
    ["command list", "every command"],
    ["command list room", "those that a room takes"],
    ["command list --output json", "the same for a script"],
  ],
  define: (command) => command.argument("[type]", "a kind of aggregate, such as room; all without it"),
  async run(call) {
    const [type] = call.args;
    const domain = await loadDomain(call.config().config.modules);
    if (type !== undefined && !domain.aggregates.has(type)) {
      const known = [...domain.aggregates.keys()].toSorted().join(", ");
      throw new CliError("unknown_aggregate_type", `${unknownType(type)}; it knows ${known}`, { type });
    }
    const commands = describeCommands(domain, type);
    if (call.print.format !== "table") return call.print.list(commands, []);
    return call.print.list(commands.flatMap(linesOf), [
      { title: "command", value: ({ command }) => command?.command },
      { title: "target", value: ({ command }) => command?.targets.join(", ") },
      { title: "makes it", value: ({ command }) => command && (command.creates ? "yes" : "no") },
      { title: "field", value: ({ field }) => field?.name },
      { title: "required", value: ({ field }) => field && (field.required ? "yes" : "no") },
      { title: "type", value: ({ field }) => field && `${field.type}${field.secret ? " (secret)" : ""}` },
    ]);
  },
});

function linesOf(command: CommandDescription): readonly Line[] {
  const [first, ...more] = command.fields;
  return [{ command, field: first }, ...more.map((field) => ({ command: undefined, field }))];
}
