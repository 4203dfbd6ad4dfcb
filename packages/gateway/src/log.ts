/** What connections and the game say to operators, one structured line per event; pino fits. What people type never gets here, passwords least of all. */
export type GatewayLog = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
