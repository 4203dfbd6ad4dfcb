import type { Config } from "./schema.ts";

/** What of a configuration does not go together, though each value by itself may be. */
export function contradictions({ store, outage, immudb, readModels, nats }: Config): readonly string[] {
  const { tls, password, passwordFile } = immudb;
  const problems: string[] = [];
  if (outage === "journal" && store !== "immudb")
    problems.push(`outage cannot be "journal" with the store ${store}: only of an ImmuDB can a world wait for the return`);
  if (password !== undefined && passwordFile !== undefined)
    problems.push("immudb.password and immudb.passwordFile are both given: leave out one of them");
  if ((tls.certificate === undefined) !== (tls.key === undefined))
    problems.push("immudb.tls.certificate and immudb.tls.key belong together: give both, or none");
  if (tls.enabled === false && isTlsDescribed(immudb))
    problems.push("immudb.tls.enabled is false, but other keys of immudb.tls are given: leave out one or the other");
  if (readModels.store === "postgres" && readModels.url === undefined)
    problems.push("readModels.store postgres needs readModels.url: say where the server is");
  if (readModels.store !== "postgres" && readModels.url !== undefined)
    problems.push(`readModels.url is given, but readModels.store is ${readModels.store}: leave out the one, or set the other to postgres`);
  if (nats.password !== undefined && nats.passwordFile !== undefined)
    problems.push("nats.password and nats.passwordFile are both given: leave out one of them");
  if ((nats.password ?? nats.passwordFile) !== undefined && nats.username === undefined)
    problems.push("a password for NATS is given, but no nats.username: say whose it is");
  if ((nats.tls.certificate === undefined) !== (nats.tls.key === undefined))
    problems.push("nats.tls.certificate and nats.tls.key belong together: give both, or none");
  return problems;
}

/** Whether there is anything to say on the encryption of the connection. */
export const isTlsDescribed = ({ tls: { ca, certificate, key, serverName } }: Config["immudb"]): boolean =>
  [ca, certificate, key, serverName].some((value) => value !== undefined);
