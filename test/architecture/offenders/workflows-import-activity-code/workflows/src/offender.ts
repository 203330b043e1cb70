import { createOrderActivities } from "@usher/activities";

export const offence = createOrderActivities;
