import { categoryOfStatus, connectorFailure, type HttpAnswer } from "@usher/connector-sdk/http";
import type { ConnectorError, ConnectorErrorCategory } from "@usher/connector-sdk/spec";
import { z } from "zod";

/**
 * What stands under `error` of an answer with HTTP 200: the exception's name and its arguments.
 * Of a `UserError` they are sentence, details and a description of the violated domain, which can be
 * a megabyte of half the data model and is never shown.
 * @see trytond/exceptions.py and trytond/protocols/jsonrpc.py of 8.2
 */
export const trytonErrorArguments = z.array(z.unknown()).min(1);

interface Refusal {
  readonly name: string;
  readonly sentence: string;
  readonly detail: string;
}

/** Sentences about what the account may do, in English, in which every call asks to be answered. What is left of "not allowed" is about a record's state. */
const permission = [
  /^You are not allowed to (access|search on|execute) /,
  /^You are not allowed to (create records of|read records|write to records|delete records) /,
  /^You are not allowed to modify the field "[^"]*" of /,
  /^Calling button ".*is not allowed\.$/s,
];

/** A button that the record's state does not offer: it had the state when it was read. */
const movedOn = /^You can not call "/;

/**
 * A party's code comes from a counter of Tryton's: two parties made at the same instant may be given
 * the same one, and the second is refused. Usher never gives one itself.
 */
const counterMet = /^The code on party must be unique\.$/;

/** Exceptions of the database that a repeated call may not meet again. */
const locked =
  /database is locked|could not serialize|deadlock|could not obtain lock|LockNotAvailable/i;
/** What Python says of a model, field or method that is not there: its name, quoted. */
const unknownName = /^'([\w.]+)'$/;

const textLengthMax = 600;

/** A refusal that came with HTTP 200. */
export function fromTrytonRefusal(input: {
  readonly error: readonly unknown[];
  readonly isWrite: boolean;
  readonly what: string;
}): ConnectorError {
  const { isWrite, what } = input;
  const refusal = readRefusal(input.error);
  const { name, sentence, detail } = refusal;
  const said = [sentence, detail].filter((text) => text !== "").join(" ");
  switch (name) {
    case "UserError":
      if (permission.some((one) => one.test(sentence))) {
        return failure("permission", {
          refusal,
          message: `${what}: Tryton says: ${said} Give the connection's user the groups of the connector's README.`,
        });
      }
      if (movedOn.test(sentence)) {
        return failure("conflict_stale", {
          refusal,
          message: `${what}: the record is in another state by now. Tryton says: ${said}`,
        });
      }
      if (counterMet.test(sentence)) {
        return failure("conflict_locked", {
          refusal,
          message: `${what}: another party was made at the same instant. Tryton says: ${said}`,
        });
      }
      return failure("validation", {
        refusal,
        message: `${what}: Tryton says: ${said}`,
        where: whereOf(sentence) ?? { record: what, field: "(none named)" },
      });
    case "UserWarning":
      return failure("validation", {
        refusal,
        message: `${what}: Tryton asks for a confirmation that a person has to give there: ${said}`,
        where: { record: what, field: "(none named)" },
      });
    case "ConcurrencyException":
      return failure("conflict_stale", {
        refusal,
        message: `${what}: somebody changed the record since it was read (${said}). It is read again.`,
      });
    case "LoginException":
      return failure("auth_invalid", {
        refusal,
        message: `${what}: Tryton asks the connection's user for more than a password (${said}). Use an account that logs in by password alone.`,
      });
    default:
      return fromException({ refusal, isWrite, what });
  }
}

/** An exception that nobody in Tryton caught: rolled back, unless it came after a commit. */
function fromException(input: {
  readonly refusal: Refusal;
  readonly isWrite: boolean;
  readonly what: string;
}): ConnectorError {
  const { refusal, isWrite, what } = input;
  const unknown = unknownName.exec(refusal.name)?.[1];
  if (unknown !== undefined) {
    return failure("schema_drift", {
      refusal,
      message: `${what}: Tryton does not know “${unknown}”. Activate the modules sale, account_invoice and sale_amendment, or check that the server is a Tryton 8.`,
    });
  }
  if (locked.test(refusal.name)) {
    return failure("conflict_locked", {
      refusal,
      message: `${what}: Tryton's database is busy with the same records.`,
    });
  }
  return failure(isWrite ? "outcome_unknown" : "transient", {
    refusal,
    message: `${what}: Tryton failed with an exception. The server's log has it; it begins with “${refusal.name.slice(0, 120)}”.`,
  });
}

function failure(
  category: ConnectorErrorCategory,
  said: {
    readonly refusal: Refusal;
    readonly message: string;
    readonly where?: { readonly record: string; readonly field: string };
  },
): ConnectorError {
  const { refusal, message, where = null } = said;
  return connectorFailure({
    category,
    message,
    where,
    vendorCode: refusal.name.slice(0, 80),
  });
}

function readRefusal(error: readonly unknown[]): Refusal {
  const [name, rest] = error;
  // UserError: [sentence, details, domain]; UserWarning: [id, sentence, details]; ConcurrencyException: sentence.
  const texts = (Array.isArray(rest) ? rest : [rest]).slice(name === "UserWarning" ? 1 : 0);
  const [sentence, detail] = texts.map((one) =>
    typeof one === "string" ? one.trim().slice(0, textLengthMax) : "",
  );
  return { name: String(name), sentence: sentence ?? "", detail: detail ?? "" };
}

/** `… field "Quantity" in record "2 u [GTX-PRO]" of "Sale Line" …` */
function whereOf(sentence: string): { readonly record: string; readonly field: string } | null {
  const match = /field "([^"]+)" in record "(.+?)" of "([^"]+)"/s.exec(sentence);
  const [, field, record, model] = match ?? [];
  return field === undefined ? null : { record: `${model} ${record}`, field };
}

/** An answer with another status than 200. Its body is a page of HTML or nothing. */
export function fromTrytonStatus(input: {
  readonly answer: HttpAnswer;
  readonly isWrite: boolean;
  readonly what: string;
}): ConnectorError {
  const { answer, isWrite, what } = input;
  const { category, advice } = meaningOf(answer, isWrite);
  return connectorFailure({
    category,
    message: `${what}: Tryton answered ${answer.status}. ${advice}`.trim(),
    vendorCode: String(answer.status),
    retryAfterMs: answer.retryAfterMs,
  });
}

function meaningOf(
  answer: HttpAnswer,
  isWrite: boolean,
): { readonly category: ConnectorErrorCategory; readonly advice: string } {
  switch (answer.status) {
    case 403:
      return {
        category: "permission",
        advice: "The method is not open to this account, or the server is no Tryton 8.",
      };
    case 404:
      return {
        category: "config",
        advice: "There is no such database on this server. Correct the connection's database.",
      };
    case 405:
      return {
        category: "config",
        advice: "The server does not speak Tryton 8's interface at this address.",
      };
    case 503:
      // How a database file or a database that is gone shows, apart from the log-in.
      return /Database .*doesn.{1,8}t exist/s.test(answer.text)
        ? {
            category: "config",
            advice: "There is no such database on this server. Correct the connection's database.",
          }
        : { category: "transient", advice: "" };
    default:
      return { category: categoryOfStatus({ status: answer.status, isWrite }), advice: "" };
  }
}
