import { command } from "../command.ts";

export const help = command({
  name: "help",
  aliases: ["?"],
  usage: ["help", "help COMMAND"],
  help: "Lists the commands, or tells about one of them.",
  sends: [],
  events: [],
  run({ rest, commands, tell }) {
    const topic = rest.toLowerCase();
    if (topic === "") {
      const names = commands.map(({ name }) => name).sort();
      const rows = Array.from({ length: Math.ceil(names.length / 5) }, (_, row) =>
        names
          .slice(row * 5, row * 5 + 5)
          .map((name) => name.padEnd(13))
          .join("")
          .trimEnd(),
      );
      return tell(
        [
          "You can:",
          ...rows.map((row) => `  ${row}`),
          "",
          "`help COMMAND` tells more. Most words can be shortened: `l` looks, `n` goes north.",
        ].join("\n"),
      );
    }
    const found =
      commands.find(({ name, aliases = [] }) => name === topic || aliases.includes(topic)) ??
      commands.find(({ name }) => name.startsWith(topic));
    if (found === undefined) return tell("There is no help about that.");
    const also = (found.aliases ?? []).length === 0 ? [] : [`Also: ${found.aliases!.join(", ")}`];
    tell([...found.usage.map((line) => `  ${line}`), found.help, ...also].join("\n"));
  },
});
