export * from "../../salesforce/src/index.ts";
