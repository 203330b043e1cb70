import { ConnectorError, type ConnectorErrorDetail } from "../spec/connector-error.ts";

/** A message may quote an id or a text of the vendor's; it is read on a screen, and kept in histories. */
const messageCharactersMax = 1_500;

/** A `ConnectorError` of which only what is known has to be said. A message that is too long is cut, and one that quotes a vendor ends as a sentence. */
export function connectorFailure(
  known: Pick<ConnectorErrorDetail, "category" | "message"> &
    Partial<ConnectorErrorDetail> & { readonly cause?: unknown },
): ConnectorError {
  const { cause, message, ...detail } = known;
  return new ConnectorError(
    {
      vendorCode: null,
      vendorRequestId: null,
      retryAfterMs: null,
      where: null,
      ...detail,
      message: asSentence(shortened(message)),
    },
    cause === undefined ? undefined : { cause },
  );
}

function shortened(message: string): string {
  if (message.length <= messageCharactersMax) return message;
  // The end says what to do. By code points: half an emoji is no text.
  const half = messageCharactersMax / 2;
  const begin = Array.from(message.slice(0, 2 * half)).slice(0, half);
  const end = Array.from(message.slice(-2 * half)).slice(-half);
  return `${begin.join("")} … ${end.join("")}`;
}

function asSentence(message: string): string {
  return /[.!?…][”")]?$/.test(message) ? message : `${message}.`;
}
