/** One complaint in an error answer of the API. */
export interface Problem {
  /** For example `ValidationError` or `GROUP_DOESNT_EXIST`. */
  readonly code: string;
  readonly message: string;
  /** Where in the request, for example `body:group.capacity.minimum`. */
  readonly field?: string;
}

/** A request the API refuses, with everything that is wrong with it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map(({ code, message }) => `${code}: ${message}`).join("; "));
    this.name = "ApiError";
  }

  /** A refusal with a single complaint. */
  static of(status: number, code: string, message: string, field?: string): ApiError {
    return new ApiError(status, [{ code, message, ...(field === undefined ? {} : { field }) }]);
  }
}
