import { verb } from "../verb.ts";

export const configShow = verb({
  name: "show",
  summary: "shows every key of the configuration, its value and where that comes from",
  details: "A flag counts more than the environment, which counts more than the file. Secrets are never shown.",
  examples: [
    ["config show", "every key"],
    ["config show --data-folder /var/lib/aethyr --output json", "for a script, as it would be with this folder"],
  ],
  async run(call) {
    const { entries } = call.config();
    await call.print.list(entries, [
      { title: "key", value: ({ key }) => key },
      { title: "value", value: ({ value }) => textOf(value) },
      { title: "from", value: ({ source }) => source },
      { title: "environment", value: ({ env }) => env },
    ]);
  },
});

function textOf(value: unknown): string {
  if (value === undefined) return "(none)";
  return typeof value === "string" ? value : JSON.stringify(value);
}
