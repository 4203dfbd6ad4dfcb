import { mkdtemp } from "node:fs/promises";
import { startLocalCluster } from "@aethyr/local-cluster";
const folder = await mkdtemp("/tmp/aethyr-probe-");
const lines: string[] = [];
const cluster = await startLocalCluster({ folder, world: "skerrow", hosts: 2, gateways: 1, partitions: 16, progress: console.log,
  onLine: (name, line) => void lines.push(name + " " + JSON.stringify(line)), onEnd: (s, how) => console.log("END", s.name, how) });
const t = Date.now();
await cluster.services.get("host-1")!.signal("SIGKILL");
await new Promise((r) => setTimeout(r, 4000));
await cluster.addHost();
await new Promise((r) => setTimeout(r, 20000));
const show = async (n: string) => { const text = await (await fetch(String(cluster.services.get(n)!.facts()["status"]) + "/metrics")).text(); console.log(n, [...text.matchAll(/^aethyr_(leases|partitions|acq|hand|members|fences|takeovers)\S* \S+$/gm)].map((m) => m[0]).join(" ")); };
await show("host-2"); await show("host-3");
console.log("violations:", lines.filter((l) => /ermission/.test(l)).slice(0, 20).join("\n").slice(0, 4000));
console.log("warn+:", lines.filter((l) => /"level":[45]0/.test(l)).slice(0, 20).map((l) => l.slice(0, 400)).join("\n"));
await cluster.close();
process.exit(0);
