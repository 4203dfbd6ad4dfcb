import { expect, test } from "vitest";
import { initialTransition } from "xstate";
import { hostLife } from "./host-life.ts";
import { nextPartitionState, partitionLife } from "./partition-life.ts";

test("[P15] the lives of hosts and partitions are charts, and a step that they do not have is a bug", () => {
  expect(initialTransition(partitionLife)[0].value).toBe("unowned");
  expect(initialTransition(hostLife)[0].value).toBe("joining");
  expect(nextPartitionState("fencing", "SERVED")).toBe("active");
  expect(() => nextPartitionState("unowned", "SERVED")).toThrow("partition: unowned takes no SERVED");
});
