import { AethyrError } from "@aethyr/kernel";

/** The processes of a world do not agree on what it is: see the code. */
export class ClusterError extends AethyrError {}
