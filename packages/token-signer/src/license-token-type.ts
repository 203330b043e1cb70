/** `typ` of a license document's header: nothing signed for another purpose is ever taken for one. */
export const licenseTokenType = "usher-license+jwt";
