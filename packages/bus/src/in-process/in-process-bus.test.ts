import { busContract } from "../contract/index.ts";
import { createInProcessBus, type InProcessBus } from "./in-process-bus.ts";

busContract({
  name: "in process",
  async open(limits) {
    const bus = createInProcessBus(limits);
    const connections: InProcessBus[] = [bus];
    return {
      async connect() {
        const connection = bus.connect();
        connections.push(connection);
        return connection;
      },
      async close() {
        await Promise.all(connections.map((connection) => connection.close()));
      },
    };
  },
});
