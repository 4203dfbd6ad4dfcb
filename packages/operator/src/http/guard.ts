import { createHash, timingSafeEqual } from "node:crypto";
import { OperatorError } from "../errors.ts";

/** The request is refused before anything is read of it; `status` says how. */
class RefusedRequestError extends OperatorError {
  readonly status: number;
  constructor(status: 401 | 403, code: string, message: string) {
    super(code, message);
    this.status = status;
  }
}

/** `port` is the one of this machine that the request came to. */
type Request = {
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  readonly open: boolean;
};

/**
 * Lets a request in, or throws `RefusedRequestError`. A web page that made the browser resolve its own name to this machine still sends that
 * name as Host, or its Origin: both are refused, even with the right token.
 */
export function createGuard(token: string): (request: Request) => void {
  const expected = digest(token);

  return ({ port, host, origin, authorization, open }) => {
    const hosts = names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
    if (host === undefined || !hosts.includes(host.toLowerCase())) {
      throw new RefusedRequestError(403, "foreign_host", `this API is asked as 127.0.0.1:${port} or localhost:${port} only`);
    }
    if (origin !== undefined && !hosts.some((each) => origin.toLowerCase() === `http://${each}`)) {
      throw new RefusedRequestError(403, "foreign_origin", "this API takes no requests of web pages from elsewhere");
    }
    if (open) return;
    const given = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw new RefusedRequestError(401, "unauthorised", "send the token of the world's data folder: Authorization: Bearer <token>");
    }
  };
}

const names = ["127.0.0.1", "localhost", "[::1]"];

/** Equal lengths, so that the comparison takes the same time whatever was sent. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
