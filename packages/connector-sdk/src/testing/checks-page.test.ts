import { expect, it } from "vitest";
import { conformanceChecks } from "./conformance-checks.ts";
import { checksPage, docsOfCheck } from "./conformance-report.ts";
import { renderChecksPage } from "./render-checks-page.ts";

it("the page about the checks says what the checks say", async () => {
  await expect(renderChecksPage(conformanceChecks)).toMatchFileSnapshot(
    `../../../../${checksPage}`,
  );
});

it("every check has its place on the page", () => {
  const page = renderChecksPage(conformanceChecks);
  for (const { id } of conformanceChecks) {
    const [, anchor = "?"] = docsOfCheck(id).split("#");
    expect(page).toContain(`<a id="${anchor}"></a>`);
  }
});
