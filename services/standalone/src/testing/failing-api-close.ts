import { registerHooks } from "node:module";

// Loaded before the program: its operator API closes, and then says that it could not.

const faulty = (real: string): string => `
  import { startOperatorApi as start } from ${JSON.stringify(real)};
  export * from ${JSON.stringify(real)};
  export const startOperatorApi = async (options) => {
    const api = await start(options);
    return { ...api, close: async () => { await api.close(); throw new Error("the API does not close"); } };
  };`;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    if (specifier !== "@aethyr/operator" || context.parentURL?.endsWith("/standalone/src/main.ts") !== true) return found;
    return { url: `data:text/javascript,${encodeURIComponent(faulty(found.url))}`, shortCircuit: true };
  },
});
