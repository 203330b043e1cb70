import { CliFailure } from "../../cli-failure.ts";
import { type SceneInput, weathers } from "./scene.ts";

const secretsOfScene = ["current", "previous", "another"] as const;

/** The edited scene. What is not in the form was not part of the scene either. */
export function readSceneForm(form: URLSearchParams): SceneInput {
  const text = (name: string) => form.get(name) ?? "";
  const weather = oneOf(weathers, text("weather"), "weather");
  // A form sends line breaks as CR LF; a body that was not touched is signed anew.
  const body = text("delivery.body").replaceAll("\r\n", "\n");
  const isAsSigned = body === "" || body === text("delivery.signedBody").replaceAll("\r\n", "\n");
  const signedSecondsAgo = Number(text("delivery.signedSecondsAgo"));
  if (!Number.isFinite(signedSecondsAgo)) {
    throw new CliFailure("The seconds since the signature have to be a number.");
  }
  return {
    weather,
    deal: form.has("deal.name")
      ? {
          name: text("deal.name"),
          accountName: text("deal.accountName"),
          currency: text("deal.currency"),
          quantity: text("deal.quantity"),
          unitPrice: text("deal.unitPrice"),
          closedOn: text("deal.closedOn"),
        }
      : null,
    delivery: form.has("delivery.eventId")
      ? {
          eventId: text("delivery.eventId"),
          type: text("delivery.type"),
          secret: oneOf(secretsOfScene, text("delivery.secret"), "secret"),
          signedSecondsAgo,
          isBroken: text("delivery.isBroken") === "is broken",
          body: isAsSigned ? null : body,
        }
      : null,
  };
}

function oneOf<Option extends string>(
  options: readonly Option[],
  text: string,
  what: string,
): Option {
  const found = options.find((option) => option === text);
  if (found !== undefined) return found;
  throw new CliFailure(`The ${what} is "${text}"; expected one of ${options.join(", ")}.`);
}
