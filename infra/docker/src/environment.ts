import { randomBytes } from "node:crypto";

/** Variables that `compose.yaml` asks for. NATS reads its own as values of its configuration: they begin with a letter and are no number. */
const names = [
  ...["HOST", "RELAY", "PROJECTOR", "GATEWAY", "CONSOLE", "NODE", "BROWSER"].map((role) => `NATS_PASSWORD_${role}`),
  "IMMUDB_ADMIN_PASSWORD",
  "POSTGRES_PASSWORD",
  "GRAFANA_ADMIN_PASSWORD",
];

/** Lines of an environment file with a new password for each. ImmuDB wants an upper-case letter, a digit and a sign in its own. */
export const environmentFile = (): string =>
  names.map((name) => `${name}=${name.startsWith("IMMUDB") ? "A1_" : "p"}${randomBytes(18).toString("hex")}\n`).join("");
