/** One thing that the doctor looked at. `fix` says what to do when it is not well. */
export interface Finding {
  readonly subject: string;
  readonly isWell: boolean;
  readonly found: string;
  readonly fix: string | null;
}
