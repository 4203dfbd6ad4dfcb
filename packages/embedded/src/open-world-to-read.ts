import { createInProcessBus } from "@aethyr/bus";
import { createMemoryKeyStore, InvalidRequestError } from "@aethyr/event-store";
import type { Operations, ReadModelOperations } from "@aethyr/operator";
import { createClosers, loadModules } from "@aethyr/process";
import { createActorHost } from "@aethyr/runtime";
import { openReadModelsToRead, type OpenReadModels } from "./open-read-models.ts";
import type { WorldOptions } from "./open-world.ts";
import { openStoreToRead } from "./store/open-to-read.ts";
import { worldOperations } from "./world-operations.ts";

/**
 * Opens a stopped world for questions: nothing is changed, published or watched, no checkpoint is made, and commands are refused
 * (`invalid_request`), as is what changes read models, which are opened when they are first asked for. `close` of the operations closes it. Rejects as `openWorld` does, and with `no_world`; then nothing stays open.
 */
export async function openWorldToRead({ config, log, domain: given }: Omit<WorldOptions, "importStarterWorld">): Promise<Operations> {
  const loaded = await loadModules(config.modules);
  const domain = given ?? loaded.domain;
  const { opened, close } = createClosers();
  try {
    const store = await openStoreToRead(config, log, opened);
    const bus = opened(createInProcessBus());
    // It has no commands and so no actors, which is what it is asked about.
    const host = opened(createActorHost({ domain, store, keys: createMemoryKeyStore(), log }));
    let readModels: Promise<OpenReadModels | undefined> | undefined;
    const openThem = (): Promise<OpenReadModels | undefined> =>
      (readModels ??= openReadModelsToRead({ config, store, bus, domain, log, more: loaded.projections }, opened));
    const operations = opened(worldOperations({ store, domain, host, bus, readModels: openThem, log }));
    return {
      ...operations,
      readModels: toLookAt(operations.readModels),
      async sendCommands() {
        throw new InvalidRequestError("the world was opened for questions only: it takes no commands");
      },
      async close() {
        // What is just being opened is closed as well; why it could not be, its question was told.
        await readModels?.catch(() => undefined);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function toLookAt({ list, compare, parked, query }: ReadModelOperations): ReadModelOperations {
  const refuse = async (): Promise<never> => {
    throw new InvalidRequestError("the world is stopped, and nobody works on its read models: start it first");
  };
  return {
    list,
    compare,
    parked,
    query,
    // oxlint-disable-next-line require-yield -- it is refused before there is any news
    async *rebuild() {
      await refuse();
    },
    switchTo: refuse,
    drop: refuse,
    retry: refuse,
    skip: refuse,
    resume: refuse,
  };
}
