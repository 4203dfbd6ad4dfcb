import { environmentFile } from "./environment.ts";

process.stdout.write(environmentFile());
