import { startOwn } from "./child-process.ts";
import type { ClientPlace, LoadCalls, LoadDone, OfferDone, Probed } from "./places.ts";

export type LoadClient = LoadCalls & { readonly name: string; readonly pid: number; close(): Promise<void> };

/** A client of the system, or of the floor, in a process of its own. One call at a time. */
export async function startLoadClient(name: string, place: ClientPlace): Promise<LoadClient> {
  const { pid, ask, close } = await startOwn(name, new URL("./load-process.ts", import.meta.url), place);
  const call = (called: keyof LoadCalls, given?: unknown): Promise<unknown> => ask({ call: called, with: given });
  return {
    name,
    pid,
    close,
    create: async (count) => void (await call("create", count)),
    run: async (load) => (await call("run", load)) as LoadDone,
    offer: async (offered) => (await call("offer", offered)) as OfferDone,
    probe: async (partitions) => void (await call("probe", partitions)),
    probed: async () => (await call("probed")) as Probed,
    check: async () => String(await call("check")),
  };
}
