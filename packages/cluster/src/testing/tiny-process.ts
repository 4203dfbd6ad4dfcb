import { once } from "node:events";
import { processRegistry } from "../service/process-registry.ts";
import { runService } from "../service/service-process.ts";

/** A service that does nothing, and ends as its environment says. */
await runService({
  name: "tiny",
  about: "Does nothing at all.",
  ...(process.env["TINY"] === "never closes" ? { closeWithinMs: 200 } : {}),
  async start({ config, opened, fail, log }) {
    const { TINY: mood = "" } = process.env;
    opened({
      async close() {
        log.info({}, "closing what was opened");
        if (mood === "closes badly") throw new Error("it would not close");
        // Something that keeps the process alive, too.
        if (mood === "never closes") await new Promise((resolve) => setTimeout(resolve, 1_000_000));
      },
    });
    if (mood === "starts slowly") {
      log.info({}, "starting slowly");
      // A signal that is waited for does not keep a process alive.
      const alive = setInterval(() => undefined, 1_000);
      await once(process, "SIGUSR2");
      clearInterval(alive);
      opened({ close: async () => log.info({}, "closing what was opened late") });
      log.info({}, "it goes on");
    }
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
