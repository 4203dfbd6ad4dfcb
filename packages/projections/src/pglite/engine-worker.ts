import { serveEngine } from "./engine.ts";

serveEngine();
