import { quarantineOf } from "@aethyr/embedded";
import { verb } from "../verb.ts";

export const storeQuarantine = verb({
  name: "quarantine",
  summary: "lists what was answered as provisional during an outage, and then put aside",
  details:
    "Only with `outage` set to journal: what ImmuDB refused when it was back, and what was built on that. Nothing of it took effect; it is kept for ever, with all its events, and nothing tries it again by itself. Looks at the data folder, beside a running world.",
  examples: [
    ["store quarantine", "what, when, whose, and why"],
    ["store quarantine --output ndjson", "with the events, to be sent anew"],
  ],
  async run(call) {
    const { config } = call.config();
    const all = await quarantineOf(config.data);
    await call.print.list(all ?? [], [
      { title: "number", value: ({ seq }) => seq },
      { title: "outage", value: ({ epoch }) => epoch },
      { title: "answered", value: ({ journaled }) => journaled },
      { title: "put aside", value: ({ quarantined }) => quarantined },
      { title: "by", value: ({ actor }) => actor ?? "(nobody named)" },
      { title: "command", value: ({ command }) => command?.id ?? "" },
      { title: "aggregates", value: ({ writes }) => writes.map(({ path }) => path).join(", ") },
      { title: "why", value: ({ reason }) => `${reason.code}: ${reason.message}` },
    ]);
    if (call.print.format !== "table") return;
    if (all === undefined) call.notes.note("this world has never kept a journal: nothing was ever put aside");
    else if (all.length === 0) call.notes.note("nothing was put aside");
  },
});
