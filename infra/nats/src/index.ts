export { permissionsOf, roles, type Permissions, type Role } from "./permissions.ts";
export { natsServerConfig, type NatsServerConfig } from "./server-config.ts";
