/** One error in an error response of the API. */
export interface Problem {
  /** For example `ValidationError` or `GROUP_DOESNT_EXIST`. */
  readonly code: string;
  readonly message: string;
  /** The position in the request, for example `body:group.capacity.minimum`. */
  readonly field?: string;
}

/** A request that the API rejects, with all its errors. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map(({ code, message }) => `${code}: ${message}`).join("; "));
    this.name = "ApiError";
  }

  /** A rejection with one error. */
  static of(status: number, code: string, message: string, field?: string): ApiError {
    return new ApiError(status, [{ code, message, ...(field === undefined ? {} : { field }) }]);
  }
}
