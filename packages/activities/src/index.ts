export type { BillingActivities } from "./billing-activities.ts";
export type { EntitlementActivities } from "./entitlement-activities.ts";
export type { NextStep, OrderRef, StepFailure, UndoableStep } from "./next-step.ts";
export type { OrderActivities } from "./order-activities.ts";
