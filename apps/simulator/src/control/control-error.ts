/** A control request that cannot be carried out: what was expected, what came, what to do. */
export class ControlError extends Error {
  readonly status: 400 | 404 | 409 | 422;

  constructor(status: 400 | 404 | 409 | 422, message: string) {
    super(message);
    this.status = status;
  }
}
