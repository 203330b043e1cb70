/** What a CRM calls the fields that show where an order stands, by what they show. */
export interface StatusNames {
  readonly status: string;
  readonly waitingOn: string;
  readonly dueAt: string;
  readonly activeFrom: string;
  readonly activeUntil: string;
  readonly problem: string;
  readonly summary: string;
  readonly url: string;
  readonly orderId: string;
  readonly sequence: string;
}
