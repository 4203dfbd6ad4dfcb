import { AethyrError, type Json } from "@aethyr/kernel";

/** Any failure of placement or of a board: see the code. */
export class PlacementError extends AethyrError {}

/** The lease is not as the writer believes: somebody else holds it, or it has run out. Nothing was written. */
export class LeaseTakenError extends PlacementError {
  constructor(partition: string, seen: number, options?: ErrorOptions) {
    super(
      "lease_taken",
      `the lease of partition ${partition} is not at revision ${seen} any more: read it anew`,
      { partition, seen },
      options,
    );
  }
}

/** The board cannot be reached. Whether a write of that call took effect is not known; compare and set tells. */
export class BoardUnavailableError extends PlacementError {
  constructor(message: string, options?: ErrorOptions, details: Readonly<Record<string, Json>> = {}) {
    super("unavailable", message, details, options);
  }
}

/** The board was closed. */
export class BoardClosedError extends PlacementError {
  constructor() {
    super("closed", "the board is closed");
  }
}

/** Another process is on the board under this host's name, and alive. */
export class HostNameTakenError extends PlacementError {
  constructor(host: string) {
    super("host_name_taken", `another process that is alive calls itself ${host}: give each host a name of its own`, { host });
  }
}

/** A live host divides the world otherwise. All hosts of a world have the same map. */
export class OtherMapError extends PlacementError {
  constructor(host: string, theirs: string, ours: string) {
    super("other_map", `host ${host} has the map ${theirs}, this one ${ours}: stop all hosts before partitions are changed`, {
      host,
      theirs,
      ours,
    });
  }
}

/** A partition that the map does not have, or a host that is not there. Nothing was changed. */
export class UnknownPlaceError extends PlacementError {
  constructor(message: string, details: Readonly<Record<string, Json>>) {
    super("unknown_place", message, details);
  }
}

/** A host is to give everything away, and there is no other one that takes it. Nothing was done. */
export class LastHostError extends PlacementError {
  constructor(host: string) {
    super(
      "last_host",
      `no other host is alive and takes partitions, so that what ${host} gives away would be served by nobody: start another one first, or stop ${host}`,
      { host },
    );
  }
}

/** What was asked for makes no sense. Nothing was done. */
export class InvalidPlacementError extends PlacementError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super("invalid_request", message, details);
  }
}
