export const offence = "nobody imports this";
