import { AethyrError } from "@aethyr/kernel";
import type { ErrorAnswer } from "./schemas.ts";

type Failure = { readonly status: number; readonly answer: ErrorAnswer };

/** Codes of ours that are the caller's to mend, or only a matter of time. Any other is a failure of this process. */
const statusOf: Readonly<Record<string, number>> = {
  invalid_request: 400,
  limit_exceeded: 413,
  too_large: 413,
  sql_refused: 400,
  sql_timeout: 400,
  sql_too_large: 413,
  no_read_models: 404,
  not_in_a_cluster: 404,
  unknown_place: 404,
  last_host: 409,
  not_retryable: 409,
  host_silent: 503,
  busy: 503,
  unknown_projection: 404,
  projection_state: 409,
  database_unavailable: 503,
  unavailable: 503,
  closed: 503,
};

const ofFramework: Readonly<Record<string, Failure>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    answer: { code: "too_large", message: "the body is larger than a request may be: send it in several" },
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    answer: { code: "unsupported_media_type", message: "send application/json or application/x-ndjson" },
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    answer: { code: "invalid_request", message: "the body does not have the length that its header says" },
  },
};

/** An error as HTTP answers it: one shape for all. What the caller cannot mend is told in full only in the log. */
export function answerOf(error: unknown): Failure {
  if (error instanceof AethyrError) {
    const { code, message, details } = error;
    const status = "status" in error && typeof error.status === "number" ? error.status : (statusOf[code] ?? 500);
    return { status, answer: { code, message, ...(Object.keys(details).length === 0 ? {} : { details }) } };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = ofFramework[code];
  if (known !== undefined) return known;
  if (error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" && error.statusCode < 500) {
    return { status: error.statusCode, answer: { code: "invalid_request", message: error.message } };
  }
  return { status: 500, answer: { code: "internal", message: "this is a fault of the program: its log says more" } };
}
