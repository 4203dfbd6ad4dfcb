/** What a listener says, one structured line per event; pino fits. What people type never gets here. */
export type NetworkLog = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
