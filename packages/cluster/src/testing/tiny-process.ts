import { processRegistry } from "../service/process-registry.ts";
import { runService } from "../service/service-process.ts";

/** A service that does nothing, and ends as its environment says. */
await runService({
  name: "tiny",
  about: "Does nothing at all.",
  async start({ config, opened, fail, log }) {
    const { TINY: mood = "" } = process.env;
    opened({
      async close() {
        log.info({}, "closing what was opened");
        if (mood === "closes badly") throw new Error("it would not close");
      },
    });
    if (mood === "starts badly") throw new Error("it would not start");
    if (mood === "fails later") process.on("SIGUSR2", () => fail(new Error("it cannot go on")));
    return {
      metrics: () => processRegistry().metrics(),
      async ready() {
        if (mood === "closes badly") throw new Error("it is not in the mood");
      },
      facts: { nats: config.nats.servers },
    };
  },
});
