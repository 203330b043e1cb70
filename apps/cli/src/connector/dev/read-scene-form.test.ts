import { describe, expect, it } from "vitest";
import { readSceneForm } from "./read-scene-form.ts";

const delivery = {
  weather: "calm",
  "delivery.eventId": "evt_1",
  "delivery.type": "",
  "delivery.secret": "current",
  "delivery.signedSecondsAgo": "0",
  "delivery.isBroken": "is whole",
  "delivery.signedBody": '{\n"events":[]}',
};
const bodyOf = (body: string) =>
  readSceneForm(new URLSearchParams({ ...delivery, "delivery.body": body })).delivery?.body;

describe("an edited body", () => {
  it("that was not touched is signed anew, with whatever else was edited", () => {
    expect(bodyOf('{\r\n"events":[]}')).toBeNull();
    expect(bodyOf("")).toBeNull();
  });

  it("that was changed arrives under the signature of what it was", () => {
    expect(bodyOf('{"events":[1]}')).toBe('{"events":[1]}');
  });
});

it("a field that is none of the choices is refused by its name", () => {
  expect(() => readSceneForm(new URLSearchParams({ weather: "hail" }))).toThrow(
    'The weather is "hail"; expected one of',
  );
});
