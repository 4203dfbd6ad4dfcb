/** There is no usable binary of a server and none can be had here. The message says what to do. */
export class ServerUnavailableError extends Error {
  readonly code = "server_unavailable";
  override readonly name = "ServerUnavailableError";
}

/** The build of a server failed. The message carries the end of the build's output. */
export class ServerInstallError extends Error {
  readonly code = "server_install_failed";
  override readonly name = "ServerInstallError";
}

/** A server did not start, or ended before it was ready. The message carries the end of its output. */
export class ServerStartError extends Error {
  readonly code = "server_start_failed";
  override readonly name = "ServerStartError";
  /** True when another process holds the port, so that another port may help. */
  readonly addressInUse: boolean;

  constructor(message: string, options: ErrorOptions & { readonly addressInUse?: boolean } = {}) {
    super(message, options);
    this.addressInUse = options.addressInUse ?? false;
  }
}

/** A server did not end although it was killed. */
export class ServerStopError extends Error {
  readonly code = "server_stop_failed";
  override readonly name = "ServerStopError";
}

/** The record of a managed server cannot be read. The message names the file. */
export class ServerStateError extends Error {
  readonly code = "server_state_invalid";
  override readonly name = "ServerStateError";
}

/** Another process held a lock for longer than we are willing to wait. The message names the file and its holder. */
export class LockTimeoutError extends Error {
  readonly code = "lock_timeout";
  override readonly name = "LockTimeoutError";
}
