import { createMemoryEventStore, createMemoryKeyStore, type EventStore } from "@aethyr/event-store";
import { pathOf, snapshotOf, type Domain } from "@aethyr/kernel";
import type { Refused } from "@aethyr/protocol";
import { createActorHost, hydrate, silentLog } from "@aethyr/runtime";
import { createCommandMaker, type ImportCommand } from "../commands/import-command.ts";
import { runImport } from "../run/run-import.ts";
import type { Send } from "../run/send-batch.ts";
import { differences } from "./same-world.ts";
import type { ExportedCommand, ExportedState, LeftOut, WorldExport } from "./world-export.ts";

/**
 * Sends the commands of an export to an empty world in memory, and compares what comes about with the world that was exported. Gives the
 * export without the commands that were refused there; they, and what differs for no reason that is named already, are left out besides.
 * Takes as long as an import, and the memory of a second world.
 */
export async function rehearse(exported: WorldExport, states: readonly ExportedState[], domain: Domain): Promise<WorldExport> {
  const store = createMemoryEventStore();
  const host = createActorHost({ domain, store, keys: createMemoryKeyStore() });
  try {
    const made = commandsById(exported.commands);
    const refused = new Map<string, Refused>();
    const send: Send = async (commands) => {
      const replies = await Promise.all(commands.map((command) => host.submit(command)));
      // What is asked to be sent again is, and is then answered once more.
      for (const reply of replies) {
        if (reply.code === "accepted") refused.delete(reply.command);
        else refused.set(reply.command, reply);
      }
      return replies;
    };
    await runImport({ phases: phasesOf([...made.values()]), send, head: 0 });
    const leftOut = [...exported.leftOut, ...[...refused.values()].map((reply) => refusal(made.get(reply.command)!, reply))];
    const named = new Set(leftOut.map(({ ref }) => pathOf(ref)));
    const differing = differences(states, await statesIn(store, domain)).filter(({ ref }) => !named.has(pathOf(ref)));
    const commands = [...made].filter(([id]) => !refused.has(id)).map(([, { exported: each }]) => each);
    return { commands, leftOut: [...leftOut, ...differing] };
  } finally {
    await host.close();
    await store.close();
  }
}

type Rehearsed = { readonly exported: ExportedCommand; readonly made: ImportCommand };

function commandsById(commands: readonly ExportedCommand[]): ReadonlyMap<string, Rehearsed> {
  const make = createCommandMaker("rehearsal");
  return new Map(
    commands.map((exported) => {
      const made = make(exported.type, exported.target, exported.data, { file: "export", line: 1 });
      return [made.command.id, { exported, made }];
    }),
  );
}

const phasesOf = (commands: readonly Rehearsed[]) =>
  [...Map.groupBy(commands, ({ exported }) => exported.phase)].map(([name, all]) => ({ name, commands: all.map(({ made }) => made) }));

/** `its SitDown is refused: not_a_seat: …`. */
const refusal = ({ exported: { target, type } }: Rehearsed, { code, reason, message }: Refused): LeftOut => ({
  ref: target,
  why: `its ${type} is refused: ${reason ?? code}: ${message}`,
});

/** Every aggregate of a world that exists, by path. */
export async function statesIn(store: EventStore, domain: Domain): Promise<readonly ExportedState[]> {
  const states: ExportedState[] = [];
  for (let after = ""; ;) {
    const streams = await store.listStreams({ after });
    for (const stream of streams) {
      const { state } = snapshotOf((await hydrate(store, domain.aggregates.get(stream.type)!, stream, silentLog)).instance);
      if (state.status === "active") states.push({ ref: stream, states: state.value, context: state.context });
    }
    const newest = streams.at(-1);
    if (newest === undefined) return states;
    after = pathOf(newest);
  }
}
