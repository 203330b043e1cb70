import type * as activities from "@usher/activities";

export type Activities = typeof activities;
