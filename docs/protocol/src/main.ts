import { writeFile } from "node:fs/promises";
import { asyncapi } from "./asyncapi.ts";

// Writes the document anew: after a change of a schema.
await writeFile(new URL("../asyncapi.json", import.meta.url), `${JSON.stringify(asyncapi(), undefined, 2)}\n`);
